package dev.cyclecast.calibration.host;

import dev.cyclecast.model.Constant;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the host says of itself, so that it need not be measured: sizes and ways of its caches, and entries of its TLBs. */
public final class HostFacts {
    /** What a host may state, those together that are stated together. */
    public static final List<List<Constant>> STATED = List.of(List.of(Constant.L1I_KIB, Constant.L1I_WAYS),
            List.of(Constant.L1D_KIB, Constant.L1D_WAYS), List.of(Constant.L2_KIB, Constant.L2_WAYS),
            List.of(Constant.L3_KIB, Constant.L3_WAYS), List.of(Constant.ITLB_L1_ENTRIES), List.of(Constant.ITLB_L2_ENTRIES),
            List.of(Constant.DTLB_L1_ENTRIES), List.of(Constant.DTLB_L2_ENTRIES), List.of(Constant.DTLB_L2_WAYS));

    /** Where the kernel describes the caches of the first CPU. */
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private HostFacts() {
    }

    /** What the host says; constants of which it says nothing, or nothing that makes sense, are left out. */
    public static Map<Constant, Integer> read(Path home) {
        Map<Constant, Integer> facts = caches(CACHES);
        facts.putAll(TlbFacts.read(home));
        return facts;
    }

    /** Where the host states a constant. */
    public static String source(Constant constant) {
        return TlbFacts.STATED.contains(constant) ? "cpuid" : CACHES.toString();
    }

    static Map<Constant, Integer> caches(Path caches) {
        Map<Constant, Integer> facts = new EnumMap<>(Constant.class);
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(caches, "index*")) {
            for (Path folder : folders) {
                switch (text(folder, "level") + text(folder, "type")) {
                    case "1Data" -> cache(folder, Constant.L1D_KIB, Constant.L1D_WAYS, facts);
                    case "1Instruction" -> cache(folder, Constant.L1I_KIB, Constant.L1I_WAYS, facts);
                    case "2Unified" -> cache(folder, Constant.L2_KIB, Constant.L2_WAYS, facts);
                    case "3Unified" -> cache(folder, Constant.L3_KIB, Constant.L3_WAYS, facts);
                    default -> { }
                }
            }
        } catch (IOException e) {
            // A host that says nothing is asked by kernels alone.
        }
        return facts;
    }

    /** Whether the kernel gives pages of 2 MiB to those that ask. */
    public static boolean hugePages() {
        try {
            return !Files.readString(HUGE_PAGES).contains("[never]");
        } catch (IOException e) {
            return false;
        }
    }

    private static void cache(Path folder, Constant size, Constant ways, Map<Constant, Integer> facts) throws IOException {
        String text = text(folder, "size");
        int kib = text.matches("\\d{1,7}K") ? Integer.parseInt(text.substring(0, text.length() - 1)) : -1;
        String associativity = text(folder, "ways_of_associativity");
        int number = associativity.matches("\\d{1,4}") ? Integer.parseInt(associativity) : -1;
        if (possible(size, kib) && possible(ways, number)) {
            facts.put(size, kib);
            facts.put(ways, number);
        }
    }

    private static boolean possible(Constant c, int value) {
        return value > 0 && value >= c.minimum() && value <= c.maximum();
    }

    private static String text(Path folder, String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }
}
