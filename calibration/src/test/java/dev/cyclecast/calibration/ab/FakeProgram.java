package dev.cyclecast.calibration.ab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Shell scripts that stand for workload drivers, so that the harness is tested without a compiler. */
final class FakeProgram {
    private FakeProgram() {
    }

    /** A program that runs a shell script. */
    static Arm script(Path folder, String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Arm(name, file, List.of());
    }

    /** A program that prints what a driver prints. */
    static Arm driver(Path folder, String name, double seconds, String checksum) throws IOException {
        return script(folder, name, """
                echo 'ops: 1000'
                echo 'seconds: %s'
                echo 'tsc_cycles_per_op: 85.5'
                echo 'checksum: %s'
                echo 'mallocs: 510'
                echo 'frees: 490'""".formatted(seconds, checksum));
    }
}
