package dev.cyclecast.trace.record;

import dev.cyclecast.trace.EventBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The addresses at which marks stand: entries of the malloc family, and the program's own count mark. */
final class Landmarks {
    /** The symbols whose entry begins an operation; their index is the mark's value. */
    static final List<String> OPERATIONS = List.of("malloc", "free", "calloc", "realloc", "memalign", "aligned_alloc",
            "posix_memalign");
    /** The empty function that a program calls when its warm-up is over. */
    static final String COUNT = "cyclecast_count_begin";

    private final Map<Long, byte[]> marks = new HashMap<>();

    /** Learns the symbols of a file. */
    void learn(LoadedFile file) {
        for (ElfImage.Symbol s : file.elf().symbols()) {
            if (s.kind() != ElfImage.Kind.FUNCTION) {
                continue;
            }
            int operation = OPERATIONS.indexOf(s.name());
            if (operation >= 0) {
                marks.putIfAbsent(s.value() + file.bias(), new byte[] {EventBatch.BEGIN, (byte) operation});
            } else if (s.name().equals(COUNT)) {
                marks.put(s.value() + file.bias(), new byte[] {EventBatch.COUNT, 0});
            }
        }
    }

    /** Kind and value of the mark in front of an address, or null. */
    byte[] at(long address) {
        return marks.get(address);
    }
}
