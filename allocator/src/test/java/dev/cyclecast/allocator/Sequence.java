package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Calls in order, on up to four threads, from a fresh allocator: what {@code allocator_pipe} runs in one child process.
 *
 * @param variables its environment, as NAME=VALUE
 */
record Sequence(List<String> variables, List<Operation> operations) {
    /** More blocks cannot be told apart. */
    static final int BLOCKS = 4096;
    /** More threads cannot be told apart. */
    static final int THREADS = 4;

    Sequence {
        variables = List.copyOf(variables);
        operations = List.copyOf(operations);
    }

    /** Lines for the standard input of {@code allocator_pipe}. */
    String text() {
        var text = new StringBuilder();
        variables.forEach(variable -> text.append("set ").append(variable).append('\n'));
        operations.forEach(operation -> text.append(operation.text()).append('\n'));
        return text.append("run\n").toString();
    }

    static Sequence parse(String text) {
        List<String> lines = text.lines().filter(line -> !line.equals("run")).toList();
        return new Sequence(
                lines.stream().filter(line -> line.startsWith("set ")).map(line -> line.substring(4)).toList(),
                lines.stream().filter(line -> !line.startsWith("set ")).map(Operation::parse).toList());
    }

    /** Each request of 0 to the largest size, twice, in a block that is freed before the next. */
    static Sequence everySize(int largest) {
        var operations = new ArrayList<Operation>();
        for (int size = 0; size <= largest; size++) {
            for (int twice = 0; twice < 2; twice++) {
                operations.add(new Operation(0, Call.MALLOC, 0, size, 0));
                operations.add(new Operation(0, Call.FREE, 0, 0, 0));
            }
        }
        return new Sequence(List.of(), operations);
    }

    /** So many blocks of one size, then all of them freed, then the same again. */
    static Sequence flood(int size, int blocks) {
        var operations = new ArrayList<Operation>();
        for (int twice = 0; twice < 2; twice++) {
            for (int block = 0; block < blocks; block++) {
                operations.add(new Operation(0, Call.MALLOC, block, size, 0));
            }
            for (int block = 0; block < blocks; block++) {
                operations.add(new Operation(0, Call.FREE, block, 0, 0));
            }
        }
        return new Sequence(List.of(), operations);
    }

    @Override
    public String toString() {
        return operations.stream().map(Operation::text).collect(Collectors.joining("; "));
    }
}
