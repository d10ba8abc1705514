package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What tests of the compiled allocator need. */
final class Gcc {
    private Gcc() {}

    /** A build, or the test is skipped with a message that names what is missing. */
    static AllocatorBuild build() {
        assumeTrue(AllocatorBuild.isPossible(), "gcc is not installed: apt-get install gcc");
        return AllocatorBuild.atHome();
    }
}
