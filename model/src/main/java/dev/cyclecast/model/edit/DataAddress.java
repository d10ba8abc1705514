package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.MemoryOperand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;

/** Which data an instruction that an edit puts in accesses, as its proposal declares it. */
sealed interface DataAddress {
    /** What is added to the address. */
    int plus();

    /** The first address that the selected instruction accesses. */
    record OfSite(int plus) implements DataAddress {
        @Override
        public Rule plan(Program program, Events sample, String where) {
            return events -> e -> events.address0(e) + plus;
        }
    }

    /** A variable's. */
    record OfVariable(String name, int plus) implements DataAddress {
        @Override
        public Rule plan(Program program, Events sample, String where) {
            return Rule.fixed(program.address(program.variable(name, where)) + plus);
        }
    }

    /** That of the latest execution of a site, up to the selected instruction. */
    record OfLast(Selector site, int plus) implements DataAddress {
        @Override
        public Rule plan(Program program, Events sample, String where) {
            boolean[] accesses = mask(program, site.find(program, sample, where + "/site"));
            return events -> {
                long[] last = latest(events, accesses);
                return e -> last[e] + plus;
            };
        }
    }

    /**
     * That of a later execution of a site, behind the selected instruction; 0 where the trace ends before.
     *
     * @param ahead which execution, from 1
     * @param alike where it is given, only executions count before which these instructions last accessed the same address
     *              as before the selected one: those on the same object
     */
    record OfNext(Selector site, int ahead, Selector alike, int plus) implements DataAddress {
        @Override
        public Rule plan(Program program, Events sample, String where) {
            boolean[] accesses = mask(program, site.find(program, sample, where + "/site"));
            boolean[] keys = alike == null ? null : mask(program, alike.find(program, sample, where + "/alike"));
            return events -> {
                long[] next = coming(events, accesses, keys == null ? null : latest(events, keys), ahead);
                return e -> next[e] == 0 ? 0 : next[e] + plus;
            };
        }
    }

    /** Which address it is in any window: given its events, from the selected event to an address. */
    interface Rule {
        IntToLongFunction in(Events events);

        static Rule fixed(long address) {
            return events -> e -> address;
        }
    }

    /** Finds the instructions that it refers to. */
    Rule plan(Program program, Events sample, String where);

    /** Reads an address; {@code where} is its file and JSON path. */
    static DataAddress parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("of", "name", "site", "ahead", "alike", "plus"), where);
        int plus = Proposal.number(node, "plus", 0, Integer.MIN_VALUE, Integer.MAX_VALUE, where);
        String of = Proposal.text(node, "of", where);
        Set<String> keys = switch (of) {
            case "site" -> Set.of("of", "plus");
            case "variable" -> Set.of("of", "plus", "name");
            case "last" -> Set.of("of", "plus", "site");
            case "next" -> Set.of("of", "plus", "site", "ahead", "alike");
            default -> throw new ModelException(where + "/of: use site, variable, last or next");
        };
        Proposal.keys(node, keys, where);
        return switch (of) {
            case "site" -> new OfSite(plus);
            case "variable" -> new OfVariable(Proposal.text(node, "name", where), plus);
            case "last" -> new OfLast(Selector.parse(node.path("site"), where + "/site"), plus);
            default -> new OfNext(Selector.parse(node.path("site"), where + "/site"),
                    Proposal.number(node, "ahead", 1, 1, 64, where),
                    node.has("alike") ? Selector.parse(node.path("alike"), where + "/alike") : null, plus);
        };
    }

    private static boolean[] mask(Program program, List<Integer> sites) {
        boolean[] mask = new boolean[program.code().size()];
        sites.forEach(s -> mask[s] = true);
        return mask;
    }

    /** For each event, the address that one of the instructions accessed last; 0 before the first. */
    private static long[] latest(Events events, boolean[] accesses) {
        long[] latest = new long[events.size()];
        long now = 0;
        for (int e = 0; e < latest.length; e++) {
            if (accesses[events.instruction(e)]) {
                now = events.address0(e);
            }
            latest[e] = now;
        }
        return latest;
    }

    /** For each event, the address of the n-th execution behind it among those with the same key. */
    private static long[] coming(Events events, boolean[] accesses, long[] keys, int ahead) {
        long[] coming = new long[events.size()];
        Map<Long, long[]> queues = new HashMap<>();
        long key = 0;
        long[] queue = queues.computeIfAbsent(key, k -> new long[ahead]);
        for (int e = coming.length - 1; e >= 0; e--) {
            if (keys != null && keys[e] != key) {
                key = keys[e];
                queue = queues.computeIfAbsent(key, k -> new long[ahead]);
            }
            coming[e] = queue[ahead - 1];
            if (accesses[events.instruction(e)]) {
                System.arraycopy(queue, 0, queue, 1, ahead - 1);
                queue[0] = events.address0(e);
            }
        }
        return coming;
    }

    /** The address that an instruction's text alone tells. */
    static Rule ofText(Program program, MemoryOperand m) {
        boolean threadLocal = m.segment() == MemoryOperand.Segment.FS;
        return Rule.fixed(m.displacement() + (threadLocal ? program.threadPointer() : 0));
    }
}
