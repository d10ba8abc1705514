package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;
import java.util.Comparator;
import java.util.List;

/** A rewrite of data addresses: pieces of memory lie elsewhere, all else stays where it was. */
final class Relocation implements Rewrite {
    private final Program after;
    private final long[] from;
    private final long[] end;
    private final long[] bytes;
    private final long[] stride;
    private final long[] to;

    /**
     * A piece of memory, made of equal objects without gaps.
     *
     * @param from   where it begins
     * @param end    where it ends
     * @param bytes  size of an object
     * @param stride distance of objects behind the edit
     * @param to     where its first object lies then
     */
    record Piece(long from, long end, long bytes, long stride, long to) {
    }

    /** Moves pieces that do not overlap; {@code after} is the program with its symbols moved. */
    Relocation(Program after, List<Piece> pieces) {
        this.after = after;
        List<Piece> sorted = pieces.stream().sorted(Comparator.comparingLong(Piece::from)).toList();
        from = sorted.stream().mapToLong(Piece::from).toArray();
        end = sorted.stream().mapToLong(Piece::end).toArray();
        bytes = sorted.stream().mapToLong(Piece::bytes).toArray();
        stride = sorted.stream().mapToLong(Piece::stride).toArray();
        to = sorted.stream().mapToLong(Piece::to).toArray();
    }

    @Override
    public Program program() {
        return after;
    }

    @Override
    public int sites() {
        return from.length;
    }

    @Override
    public boolean movesData() {
        return true;
    }

    @Override
    public long moved(long address) {
        int low = 0;
        int high = from.length - 1;
        if (address < from[0] || address >= end[high]) {
            return address;
        }
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (from[middle] <= address) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if (address >= end[low]) {
            return address;
        }
        long offset = address - from[low];
        return to[low] + offset / bytes[low] * stride[low] + offset % bytes[low];
    }

    @Override
    public Result apply(Events events, int... at) {
        Events edited = new Events(events.size());
        for (int e = 0; e < events.size(); e++) {
            edited.add(events.instruction(e), moved(events.address0(e)), moved(events.address1(e)), events.value(e));
        }
        return new Result(edited, at);
    }
}
