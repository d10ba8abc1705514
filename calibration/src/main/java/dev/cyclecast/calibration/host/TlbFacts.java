package dev.cyclecast.calibration.host;

import dev.cyclecast.model.Constant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the CPU states of its TLBs for pages of 4 KiB, by {@code cpuid}: leaf 18h, or 80000005h and 80000006h. */
final class TlbFacts {
    /** What may be among them. */
    static final Set<Constant> STATED = EnumSet.of(Constant.ITLB_L1_ENTRIES, Constant.ITLB_L2_ENTRIES, Constant.DTLB_L1_ENTRIES,
            Constant.DTLB_L2_ENTRIES, Constant.DTLB_L2_WAYS);

    private static final long TRANSLATION = 0x18;
    private static final long FIRST_LEVEL = 0x80000005L;
    private static final long SECOND_LEVEL = 0x80000006L;
    private static final int DATA = 1;
    private static final int INSTRUCTION = 2;
    private static final int UNIFIED = 3;
    private static final int LOADS = 4;
    private static final int MOST_WAYS = 64;

    private record Leaf(long number, long subleaf, long eax, long ebx, long ecx, long edx) {
    }

    private TlbFacts() {
    }

    /** Asks the CPU; constants of which it says nothing, or nothing that makes sense, are left out. */
    static Map<Constant, Integer> read(Path home) {
        Path tool = OwnTool.build(home, "cpuid");
        try {
            Process process = new ProcessBuilder(tool.toString()).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException e) {
            // A CPU that cannot be asked is measured by kernels alone.
            return Map.of();
        }
    }

    /** Reads lines of leaf, subleaf, eax, ebx, ecx and edx. */
    static Map<Constant, Integer> parse(List<String> lines) {
        List<Leaf> leaves = new ArrayList<>();
        for (String line : lines) {
            if (line.matches("([0-9a-f]{1,8} ){5}[0-9a-f]{1,8}")) {
                String[] words = line.split(" ");
                leaves.add(new Leaf(word(words[0]), word(words[1]), word(words[2]), word(words[3]), word(words[4]), word(words[5])));
            }
        }
        Map<Constant, Integer> facts = new EnumMap<>(Constant.class);
        for (Leaf leaf : leaves) {
            if (leaf.number() == FIRST_LEVEL) {
                state(facts, Constant.ITLB_L1_ENTRIES, leaf.ebx() & 0xff);
                state(facts, Constant.DTLB_L1_ENTRIES, leaf.ebx() >> 16 & 0xff);
            } else if (leaf.number() == SECOND_LEVEL) {
                // Its ways are not taken: it has no code for the 24 of Zen 4, and says 8 of Zen 5's 16.
                stateSets(facts, Constant.ITLB_L2_ENTRIES, leaf.ebx() & 0xfff);
                stateSets(facts, Constant.DTLB_L2_ENTRIES, leaf.ebx() >> 16 & 0xfff);
            }
        }
        state(facts, Constant.DTLB_L1_ENTRIES, entries(described(leaves, 1, DATA, LOADS)));
        state(facts, Constant.ITLB_L1_ENTRIES, entries(described(leaves, 1, INSTRUCTION)));
        List<Leaf> data = described(leaves, 2, DATA, UNIFIED);
        stateSets(facts, Constant.DTLB_L2_ENTRIES, entries(data));
        stateSets(facts, Constant.ITLB_L2_ENTRIES, entries(described(leaves, 2, INSTRUCTION, UNIFIED)));
        long sets = data.stream().mapToLong(Leaf::ecx).findFirst().orElse(0);
        if (facts.containsKey(Constant.DTLB_L2_ENTRIES) && Long.bitCount(sets) == 1 && data.stream().allMatch(l -> l.ecx() == sets)) {
            state(facts, Constant.DTLB_L2_WAYS, entries(data) / sets);
        }
        return facts;
    }

    private static long word(String hexadecimal) {
        return Long.parseLong(hexadecimal, 16);
    }

    /** Parts of one level that hold pages of 4 KiB; a level may be stated in several parts. */
    private static List<Leaf> described(List<Leaf> leaves, int level, Integer... types) {
        return leaves.stream().filter(l -> l.number() == TRANSLATION && (l.ebx() & 1) == 1 && (l.edx() >> 5 & 7) == level
                && List.of(types).contains((int) (l.edx() & 31))).toList();
    }

    private static long entries(List<Leaf> parts) {
        return parts.stream().mapToLong(l -> (l.ebx() >> 16) * l.ecx()).sum();
    }

    /** States what is made of a power of two of sets. */
    private static void stateSets(Map<Constant, Integer> facts, Constant constant, long entries) {
        if (entries > 0 && entries / Long.lowestOneBit(entries) <= MOST_WAYS) {
            state(facts, constant, entries);
        }
    }

    private static void state(Map<Constant, Integer> facts, Constant constant, long value) {
        if (value >= constant.minimum() && value <= constant.maximum()) {
            facts.put(constant, (int) value);
        }
    }
}
