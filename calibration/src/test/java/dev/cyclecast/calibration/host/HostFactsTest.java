package dev.cyclecast.calibration.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.model.Constant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsTest {
    @TempDir
    Path caches;

    private void cache(int index, String level, String type, String size, String ways) throws IOException {
        Path folder = Files.createDirectories(caches.resolve("index" + index));
        Files.writeString(folder.resolve("level"), level + "\n");
        Files.writeString(folder.resolve("type"), type + "\n");
        Files.writeString(folder.resolve("size"), size + "\n");
        Files.writeString(folder.resolve("ways_of_associativity"), ways + "\n");
    }

    @Test
    void cachesAreReadAsTheKernelDescribesThem() throws IOException {
        cache(0, "1", "Data", "48K", "12");
        cache(1, "1", "Instruction", "32K", "8");
        cache(2, "2", "Unified", "1280K", "20");
        cache(3, "3", "Unified", "49152K", "12");
        assertEquals(Map.of(Constant.L1D_KIB, 48, Constant.L1D_WAYS, 12, Constant.L1I_KIB, 32, Constant.L1I_WAYS, 8,
                Constant.L2_KIB, 1280, Constant.L2_WAYS, 20, Constant.L3_KIB, 49152, Constant.L3_WAYS, 12), HostFacts.caches(caches));
    }

    @Test
    void whatMakesNoSenseIsLeftOut() throws IOException {
        cache(0, "1", "Data", "0K", "8");
        cache(1, "1", "Instruction", "32K", "0");
        cache(2, "2", "Unified", "many", "8");
        cache(3, "3", "Unified", "32768K", "16");
        cache(4, "4", "Unified", "131072K", "16");
        assertEquals(Map.of(Constant.L3_KIB, 32768, Constant.L3_WAYS, 16), HostFacts.caches(caches));
        assertEquals(Map.of(), HostFacts.caches(caches.resolve("none")));
    }
}
