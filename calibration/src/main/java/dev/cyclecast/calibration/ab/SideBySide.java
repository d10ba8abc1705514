package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Things made at the same time, on as many threads as there are CPUs. */
public final class SideBySide {
    private SideBySide() {
    }

    /** All of them, in order; the first that fails is reported. */
    public static <T> List<T> make(List<Supplier<T>> makers) {
        try (ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<T>> running = new ArrayList<>();
            makers.forEach(m -> running.add(threads.submit(m::get)));
            List<T> made = new ArrayList<>();
            running.forEach(f -> made.add(await(f)));
            return made;
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while programs were built", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
