package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Moves equally sized objects of the heap to another distance from one another, in the slabs that hold nothing else.
 *
 * @param first  accesses that touch the first byte of every object, and nothing else
 * @param bytes  distance of the objects as recorded
 * @param stride distance behind the edit
 * @param slab   size and alignment of a slab in bytes
 */
record RelocateObjects(Selector first, long bytes, long stride, long slab) implements Edit {
    private static final long PAGE = 4096;
    /** Unit in which address space of its own is sought. */
    private static final int REGION_BITS = 40;
    private static final int REGIONS = 1 << 46 - REGION_BITS;

    static RelocateObjects parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "objects", "bytes", "stride", "slab"), where);
        long bytes = Proposal.bytes(node, "bytes", where);
        long slab = Proposal.bytes(node, "slab", where);
        if (Long.bitCount(slab) != 1 || slab < bytes) {
            throw new ModelException(where + "/slab: give a power of two that holds an object");
        }
        long stride = Proposal.bytes(node, "stride", where);
        if (stride < bytes) {
            throw new ModelException(where + "/stride: objects of " + bytes + " bytes would overlap");
        }
        return new RelocateObjects(Selector.parse(node.path("objects"), where + "/objects"), bytes, stride, slab);
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Found found = find(program, sample, where);
        long count = (slab - found.offset()) / bytes;
        boolean inPlace = found.offset() + count * stride <= slab && !occupied(sample, found, count);
        long span = inPlace ? slab : Math.ceilDiv(found.offset() + count * stride, PAGE) * PAGE;
        long space = inPlace ? 0 : untouched(sample, where);
        List<Relocation.Piece> pieces = new ArrayList<>();
        for (long at : found.slabs()) {
            long from = at + found.offset();
            long to = (inPlace ? at : space + pieces.size() * span) + found.offset();
            pieces.add(new Relocation.Piece(from, from + count * bytes, bytes, stride, to));
        }
        return new Relocation(program, pieces);
    }

    /** Slabs that hold objects, and the offset of the first object in each. */
    private record Found(NavigableSet<Long> slabs, long offset) {
    }

    private Found find(Program program, Events sample, String where) {
        Set<Integer> sites = new HashSet<>(first.find(program, sample, where + "/objects"));
        NavigableSet<Long> slabs = new TreeSet<>();
        long offset = -1;
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            if (sites.contains(s)) {
                long here = Math.floorMod(sample.address0(e), slab) % bytes;
                offset = offset < 0 ? here : offset;
                boolean crosses = Math.floorMod(sample.address0(e), slab) + bytes > slab;
                if (sample.address0(e) == 0 || here != offset || crosses) {
                    throw new ModelException(where + "/objects: what " + program.describe(s)
                            + " accesses are no objects " + bytes + " bytes apart in slabs of " + slab);
                }
                slabs.add(Math.floorDiv(sample.address0(e), slab) * slab);
            }
        }
        return new Found(slabs, offset);
    }

    /** Whether objects would come to lie where the slabs hold something else. */
    private boolean occupied(Events sample, Found found, long count) {
        long end = found.offset() + count * bytes;
        return found.slabs().stream().anyMatch(at -> anyIn(sample, at + end, at + found.offset() + count * stride));
    }

    /** Address space in which the trace touches nothing. */
    private static long untouched(Events sample, String where) {
        for (long region = 1; region < REGIONS; region++) {
            if (!anyIn(sample, region << REGION_BITS, region + 1 << REGION_BITS)) {
                return region << REGION_BITS;
            }
        }
        throw new ModelException(where + ": the trace touches every part of the address space; none is left for the objects");
    }

    /** Whether a sample accesses anything between two addresses. */
    static boolean anyIn(Events sample, long from, long end) {
        for (int e = 0; e < sample.size(); e++) {
            if (sample.address0(e) >= from && sample.address0(e) < end
                    || sample.address1(e) >= from && sample.address1(e) < end) {
                return true;
            }
        }
        return false;
    }
}
