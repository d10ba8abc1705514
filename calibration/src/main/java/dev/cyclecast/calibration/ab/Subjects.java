package dev.cyclecast.calibration.ab;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.AllocatorException;
import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.allocator.Workload;
import java.nio.file.Path;
import java.util.Arrays;

/** What a request compares, found or built. */
public final class Subjects {
    private Subjects() {
    }

    /** With the sources of the repository at home. */
    public static Subject of(AbRequest request, Path home) {
        return switch (request.kind()) {
            case PROGRAMS -> ForeignPrograms.of(request.a(), request.b(), request.arguments());
            case PRELOADED -> ForeignPrograms.preloaded(request.a(), request.b(), request.arguments());
            case VARIANTS -> AllocatorVariants.of(new AllocatorBuild(home), Variant.parse(request.a()),
                    Variant.parse(request.b()), shape(request.shape()), Workload.parse(request.workload()),
                    request.arguments());
        };
    }

    private static Shape shape(String id) {
        return Arrays.stream(Shape.values()).filter(s -> s.id().equals(id)).findFirst()
                .orElseThrow(() -> new AllocatorException("unknown shape '" + id + "'; it is reference or free"));
    }
}
