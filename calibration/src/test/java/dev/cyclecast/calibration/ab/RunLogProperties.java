package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class RunLogProperties {
    @Provide
    Arbitrary<List<RawRun>> runs() {
        Arbitrary<Double> time = Arbitraries.doubles().between(1e-6, 1e6).ofScale(9);
        Arbitrary<Usage> usage = Combinators.combine(time, time, Arbitraries.longs().between(0, 1L << 40))
                .as((s, t, n) -> new Usage(s, s, t, n, n, n, n, t, t, t)).injectNull(0.2);
        return Combinators.combine(Arbitraries.strings(), Arbitraries.integers().between(0, 3), time, time, usage,
                Arbitraries.strings().injectNull(0.2), time.injectNull(0.2))
                .as((name, n, s, t, u, checksum, tsc) -> new RawRun(name, n, n, n, name, n, 1 + n, n, n, s, t, tsc, checksum, t, u, null))
                .list().ofMaxSize(12);
    }

    @Property(tries = 100)
    void whatIsWrittenIsReadBackWhereverTheLastLineWasCut(@ForAll("runs") List<RawRun> written, @ForAll @IntRange(max = 400) int cut)
            throws IOException {
        Path file = Files.createTempFile("runs", ".jsonl");
        try {
            try (RunLog log = new RunLog(file)) {
                written.forEach(log::append);
                assertEquals(written, log.runs());
            }
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, Math.max(0, bytes.length - cut)));
            List<RawRun> left;
            try (RunLog log = RunLog.resume(file)) {
                left = log.runs();
                assertEquals(written.subList(0, left.size()), left);
                written.subList(left.size(), written.size()).forEach(log::append);
            }
            assertEquals(new String(bytes, StandardCharsets.UTF_8), Files.readString(file));
        } finally {
            Files.delete(file);
        }
    }
}
