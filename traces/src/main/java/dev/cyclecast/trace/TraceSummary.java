package dev.cyclecast.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in a stored trace, as {@code cyclecast info} shows it.
 *
 * <pre>{@code
 * try (TraceReader trace = TraceReader.open(path)) {
 *     TraceSummary summary = TraceSummary.of(trace);
 * }
 * }</pre>
 *
 * @param program                   file name of the program
 * @param arguments                 its arguments
 * @param facts                     what the recorder noted: emulator, host, window, ...
 * @param instructions              executed instructions
 * @param countedInstructions       those after the COUNT mark
 * @param operations                counted operations by name, without those of 0
 * @param warmUpOperations          operations before the COUNT mark by name, without those of 0
 * @param staticInstructions        different instructions
 * @param codeBytes                 their code
 * @param functions                 functions that were executed
 * @param loads                     executed instructions that read memory
 * @param stores                    executed instructions that write memory
 * @param dataLines                 different 64-byte lines of data
 * @param conditionalBranches       executed conditional branches
 * @param takenConditionalBranches  those that were taken
 * @param fileBytes                 size of the file
 * @param bitsPerInstruction        the same per executed instruction
 * @param top                       functions with the most executed instructions, the most first
 */
public record TraceSummary(String program, List<String> arguments, Map<String, String> facts, long instructions,
                           long countedInstructions, Map<String, Long> operations, Map<String, Long> warmUpOperations,
                           int staticInstructions, int codeBytes, int functions, long loads, long stores, long dataLines,
                           long conditionalBranches, long takenConditionalBranches, long fileBytes,
                           double bitsPerInstruction, List<FunctionShare> top) {
    private static final int TOP = 30;
    private static final int LINE_SHIFT = 6;

    /**
     * A function's part of a trace.
     *
     * @param name         its name, or its module's in brackets
     * @param instructions instructions executed in it
     * @param percent      the same in percent of all
     */
    public record FunctionShare(String name, long instructions, double percent) {
    }

    /** Reads a trace whole and counts. */
    public static TraceSummary of(TraceReader trace) {
        return new Counter(trace).count();
    }

    private static final class Counter {
        private final TraceReader trace;
        private final ProgramImage image;
        private final long[] executed;
        private final Flow[] flows;
        private final long[] follower;
        private final long[] begun;
        private long[] warmUp;
        private long warmUpEvents;
        private long events;
        private long conditional;
        private long taken;
        private final LongSet lines = new LongSet();

        Counter(TraceReader trace) {
            this.trace = trace;
            image = trace.image();
            List<Instruction> instructions = image.instructions();
            executed = new long[instructions.size()];
            flows = instructions.stream().map(Instruction::flow).toArray(Flow[]::new);
            follower = instructions.stream().mapToLong(i -> image.indexOf(i.end())).toArray();
            begun = new long[256];
        }

        TraceSummary count() {
            EventBatch batch = new EventBatch(1 << 14);
            int last = -1;
            try (TraceSource.Cursor cursor = trace.cursor()) {
                while (cursor.read(batch)) {
                    countMarks(batch);
                    for (int i = 0; i < batch.size; i++) {
                        int number = batch.instruction[i];
                        executed[number]++;
                        if (last >= 0 && flows[last] == Flow.CONDITIONAL) {
                            conditional++;
                            taken += follower[last] == number ? 0 : 1;
                        }
                        last = number;
                        addLine(batch.address0[i]);
                        addLine(batch.address1[i]);
                    }
                    events += batch.size;
                }
            }
            return summary();
        }

        private void addLine(long address) {
            if (address != 0) {
                lines.add(address >>> LINE_SHIFT);
            }
        }

        private void countMarks(EventBatch batch) {
            for (int m = 0; m < batch.marks; m++) {
                if (batch.markKind[m] == EventBatch.BEGIN) {
                    begun[batch.markValue[m] & 0xff]++;
                } else if (batch.markKind[m] == EventBatch.COUNT && warmUp == null) {
                    warmUp = begun.clone();
                    warmUpEvents = events + batch.markAt[m];
                    Arrays.fill(begun, 0);
                }
            }
        }

        private TraceSummary summary() {
            long loads = 0;
            long stores = 0;
            Map<String, Long> perFunction = new HashMap<>();
            for (int i = 0; i < executed.length; i++) {
                Instruction instruction = image.instructions().get(i);
                loads += instruction.loads() ? executed[i] : 0;
                stores += instruction.stores() ? executed[i] : 0;
                perFunction.merge(image.functionName(i), executed[i], Long::sum);
            }
            List<FunctionShare> top = new ArrayList<>();
            perFunction.forEach((name, n) -> top.add(new FunctionShare(name, n, 100.0 * n / Math.max(1, events))));
            top.sort(Comparator.comparingLong(FunctionShare::instructions).reversed()
                    .thenComparing(FunctionShare::name));
            TraceHeader header = trace.header();
            return new TraceSummary(header.program(), header.arguments(), new TreeMap<>(header.facts()), events,
                    events - warmUpEvents, named(begun), warmUp == null ? Map.of() : named(warmUp), executed.length,
                    image.bytes().length, perFunction.size(), loads, stores, lines.size(), conditional, taken,
                    trace.fileBytes(), events == 0 ? 0 : trace.fileBytes() * 8.0 / events,
                    List.copyOf(top.subList(0, Math.min(TOP, top.size()))));
        }

        private Map<String, Long> named(long[] counts) {
            Map<String, Long> result = new TreeMap<>();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    List<String> names = trace.header().operations();
                    result.put(i < names.size() ? names.get(i) : "operation " + i, counts[i]);
                }
            }
            return result;
        }
    }
}
