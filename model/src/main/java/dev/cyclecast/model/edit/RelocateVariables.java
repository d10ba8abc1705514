package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Moves variables to places of their own, at equal distances in the order given: thread-locals below the thread's others,
 * globals behind those of the program.
 *
 * @param variables names
 * @param spacing   distance in bytes, a power of two; each place is aligned to it
 */
record RelocateVariables(List<String> variables, long spacing) implements Edit {
    static RelocateVariables parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "variables", "spacing"), where);
        long spacing = Proposal.bytes(node, "spacing", where);
        if (Long.bitCount(spacing) != 1) {
            throw new ModelException(where + "/spacing: give a power of two");
        }
        return new RelocateVariables(Proposal.names(node, "variables", where, true), spacing);
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        List<Variable> after = new ArrayList<>(program.variables());
        List<Relocation.Piece> pieces = new ArrayList<>();
        for (Variable.Storage storage : Variable.Storage.values()) {
            int[] numbers = variables.stream().mapToInt(name -> program.variable(name, where))
                    .filter(v -> program.variables().get(v).storage() == storage).toArray();
            if (numbers.length > 0) {
                move(program, sample, storage, numbers, after, pieces, where);
            }
        }
        if (!touched(sample, pieces)) {
            throw new AbsentSiteException(where + ": nothing in the trace accesses " + String.join(", ", variables)
                    + "; select other variables or record that path");
        }
        return new Relocation(new Program(program.code(), after, program.threadPointer()), pieces);
    }

    private void move(Program program, Events sample, Variable.Storage storage, int[] numbers, List<Variable> after,
                      List<Relocation.Piece> pieces, String where) {
        boolean local = storage == Variable.Storage.THREAD_LOCAL;
        if (local && program.threadPointer() == 0) {
            throw new ModelException(where + ": the trace does not say where its thread-local variables lie; record it anew");
        }
        long bytes = Arrays.stream(numbers).mapToLong(v -> slot(program.variables().get(v))).sum();
        long place = room(program, sample, storage, bytes);
        for (int v : numbers) {
            Variable x = program.variables().get(v);
            long start = local ? program.threadPointer() + x.address() : x.address();
            pieces.add(new Relocation.Piece(start, start + x.size(), x.size(), x.size(), place));
            after.set(v, new Variable(x.name(), x.module(), storage, local ? place - program.threadPointer() : place,
                    x.size()));
            place += slot(x);
        }
    }

    /** Bytes that a variable takes up: its size rounded up to the spacing. */
    private long slot(Variable x) {
        return Math.max(1, Math.ceilDiv(x.size(), spacing)) * spacing;
    }

    /** The nearest aligned place next to the variables of a storage where nothing lies. */
    private long room(Program program, Events sample, Variable.Storage storage, long bytes) {
        boolean local = storage == Variable.Storage.THREAD_LOCAL;
        List<Variable> others = program.variables().stream().filter(v -> v.storage() == storage && v.size() > 0).toList();
        long place;
        if (local) {
            long lowest = others.stream().mapToLong(Variable::address).min().orElse(0);
            place = Math.floorDiv(program.threadPointer() + lowest - bytes, spacing) * spacing;
        } else {
            long highest = others.stream().mapToLong(v -> v.address() + v.size()).max().orElse(0);
            place = Math.ceilDiv(highest, spacing) * spacing;
        }
        while (RelocateObjects.anyIn(sample, place, place + bytes)) {
            place += local ? -spacing : spacing;
        }
        return place;
    }

    private static boolean touched(Events sample, List<Relocation.Piece> pieces) {
        return pieces.stream().anyMatch(p -> RelocateObjects.anyIn(sample, p.from(), p.end()));
    }
}
