package dev.cyclecast.model;

/**
 * What fetch does between a mispredicted conditional branch and its resolution, as an approximation: it brings into L1I the
 * lines from where the other direction leads, without going round any branch. Loads of the wrong path are left out, since a
 * trace does not say where they go.
 */
final class WrongPath {
    private final int lines;
    private final CodeTiming timing;
    private final long[] address;
    /** Instruction to which each branch was last taken, plus one. */
    private final int[] takenTo;
    private final FrontEnd frontEnd;

    WrongPath(CoreProfile p, CodeTiming timing, long[] address, FrontEnd frontEnd) {
        lines = p.get(Constant.WRONG_PATH_LINES);
        this.timing = timing;
        this.address = address;
        this.frontEnd = frontEnd;
        takenTo = new int[address.length];
    }

    /** A conditional branch was taken to an instruction. */
    void taken(int branch, int target) {
        takenTo[branch] = target + 1;
    }

    /** A conditional branch was mispredicted. */
    void fetch(int branch, boolean taken) {
        if (lines > 0 && (taken || takenTo[branch] > 0)) {
            long from = taken ? address[branch] + timing.length[branch] : address[takenTo[branch] - 1];
            frontEnd.prefetch(from >>> 6, lines);
        }
    }
}
