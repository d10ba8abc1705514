package dev.cyclecast.trace.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What a trace's header says about where it was recorded, and how that differs from a run by the machine itself. */
final class HostFacts {
    private HostFacts() {
    }

    static Map<String, String> read(Path emulator) throws IOException {
        Map<String, String> facts = new TreeMap<>();
        facts.put("emulator", version(emulator));
        facts.put("host", hostCpu());
        facts.put("pageBytes", "4096");
        facts.put("rseq", "refused by the emulator; glibc falls back");
        facts.put("missing", "AVX-512; library variants chosen by CPU features may be other ones than on the host");
        facts.put("addressSpace", "the emulator's, without randomisation");
        return facts;
    }

    private static String version(Path emulator) throws IOException {
        Process process = new ProcessBuilder(emulator.toString(), "--version").redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().findFirst()
                .orElse("unknown");
    }

    private static String hostCpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return "unknown";
        }
        return Files.readAllLines(info).stream().filter(l -> l.startsWith("model name")).findFirst()
                .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("unknown");
    }
}
