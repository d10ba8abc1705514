package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.MemoryOperand;
import java.util.Arrays;
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
     * That of a later execution of a site, behind the selected instruction; of the last one where the trace ends before.
     *
     * @param ahead which execution, from 1
     * @param alike where it is not null, only executions count before which these instructions last accessed the same address
     *              as before the selected one: those on the same object
     * @param apart bytes by which that address is another one: that of the next element, say
     */
    record OfNext(Selector site, int ahead, Selector alike, int apart, int plus) implements DataAddress {
        @Override
        public Rule plan(Program program, Events sample, String where) {
            boolean[] accesses = mask(program, site.find(program, sample, where + "/site"));
            boolean[] keys = alike == null ? null : mask(program, alike.find(program, sample, where + "/alike"));
            return events -> {
                long[] next = coming(events, accesses, keys == null ? new long[events.size()] : latest(events, keys), apart, ahead);
                return e -> next[e] + plus;
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
        Proposal.keys(node, Set.of("of", "name", "site", "ahead", "alike", "apart", "plus"), where);
        int plus = Proposal.number(node, "plus", 0, Integer.MIN_VALUE, Integer.MAX_VALUE, where);
        String of = Proposal.text(node, "of", where);
        Set<String> keys = switch (of) {
            case "site" -> Set.of("of", "plus");
            case "variable" -> Set.of("of", "plus", "name");
            case "last" -> Set.of("of", "plus", "site");
            case "next" -> Set.of("of", "plus", "site", "ahead", "alike", "apart");
            default -> throw new ModelException(where + "/of: use site, variable, last or next");
        };
        Proposal.keys(node, keys, where);
        return switch (of) {
            case "site" -> new OfSite(plus);
            case "variable" -> new OfVariable(Proposal.text(node, "name", where), plus);
            case "last" -> new OfLast(Selector.parse(node.path("site"), where + "/site"), plus);
            default -> new OfNext(Selector.parse(node.path("site"), where + "/site"),
                    Proposal.number(node, "ahead", 1, 1, 64, where),
                    node.has("alike") ? Selector.parse(node.path("alike"), where + "/alike") : null,
                    Proposal.number(node, "apart", 0, Integer.MIN_VALUE, Integer.MAX_VALUE, where), plus);
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

    /**
     * For each event, the address of the n-th execution behind it among those whose key is as far apart as given; that of the
     * last one where there are fewer, that of the last with any key where there is none, 0 where nothing is executed.
     */
    private static long[] coming(Events events, boolean[] accesses, long[] keys, int apart, int ahead) {
        Map<Long, long[]> queues = new HashMap<>();
        long last = 0;
        for (int e = keys.length - 1; e >= 0; e--) {
            if (accesses[events.instruction(e)] && !queues.containsKey(keys[e])) {
                queues.put(keys[e], filled(events.address0(e), ahead));
                last = last == 0 ? events.address0(e) : last;
            }
        }
        long[] absent = filled(last, ahead);
        long[] coming = new long[keys.length];
        long key = keys.length == 0 ? 0 : keys[keys.length - 1];
        long[] there = queues.getOrDefault(key + apart, absent);
        for (int e = keys.length - 1; e >= 0; e--) {
            if (keys[e] != key) {
                key = keys[e];
                there = queues.getOrDefault(key + apart, absent);
            }
            coming[e] = there[ahead - 1];
            if (accesses[events.instruction(e)]) {
                long[] here = queues.get(key);
                System.arraycopy(here, 0, here, 1, ahead - 1);
                here[0] = events.address0(e);
            }
        }
        return coming;
    }

    private static long[] filled(long address, int count) {
        long[] queue = new long[count];
        Arrays.fill(queue, address);
        return queue;
    }

    /** The address that an instruction's text alone tells. */
    static Rule ofText(Program program, MemoryOperand m) {
        boolean threadLocal = m.segment() == MemoryOperand.Segment.FS;
        return Rule.fixed(m.displacement() + (threadLocal ? program.threadPointer() : 0));
    }
}
