package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script on a small project, with a JDK, a Maven and a package manager that only write down their calls. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("cyclecast.home"), "cyclecast");

    /** What the launcher itself calls, apart from the tools that it looks for. */
    private static final List<String> BASICS = List.of("bash", "env", "cat", "cp", "chmod", "dirname", "find", "flock", "id", "ln",
            "mkdir", "mktemp", "mv", "readlink", "rm", "sed", "sort", "tr", "awk", "head", "touch", "tail", "sleep");

    @TempDir
    private Path folder;
    private Path project;
    private Path jdk;
    private Path tools;

    @BeforeEach
    void makeProject() throws IOException {
        project = Files.createDirectories(folder.resolve("a project"));
        Files.copy(LAUNCHER, project.resolve("cyclecast"));
        source("pom.xml");
        source("cli/pom.xml");
        source("cli/src/main/java/A.java");
        source("cli/src/main/java/B.java");
        age(project.resolve("cli/src/main/java"));
        age(project.resolve("cli/src/main"));

        jdk = folder.resolve("jdk");
        Files.createDirectories(jdk);
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
        script(jdk.resolve("bin/java"), "printf 'java'; printf ' <%s>' \"$@\"; echo");
        script(jdk.resolve("bin/javac"), "exit 1");

        tools = folder.resolve("tools");
        Files.createDirectories(tools);
        for (String basic : BASICS) {
            script(tools.resolve(basic), "exec " + which(basic) + " \"$@\"");
        }
        script(tools.resolve("mvn"), """
                echo build >> ../calls
                mkdir -p cli/target/lib
                : > cli/target/lib/dep.jar
                : > cli/target/cyclecast-cli-1.jar
                """);
    }

    @Test
    void buildsOnFirstUseAndThenNotAgain() throws Exception {
        ChildProcess.Result first = launch("cores", "zen 4");
        assertEquals(0, first.exit(), first.err());
        assertTrue(first.out().endsWith("<dev.cyclecast.cli.Main> <cores> <zen 4>\n"), first.out());
        assertTrue(first.out().contains("<-Dcyclecast.home=" + project.toRealPath() + ">"), first.out());
        assertEquals("", first.err());
        assertEquals(1, builds());
        assertEquals(first.out(), launch("cores", "zen 4").out());
        assertEquals(1, builds());
    }

    @Test
    void buildsAgainWhenASourceChangesOrGoes() throws Exception {
        launch("cores");
        Path source = project.resolve("cli/src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
        launch("cores");
        assertEquals(2, builds());
        age(source);
        launch("cores");
        assertEquals(2, builds());
        Files.delete(project.resolve("cli/src/main/java/B.java"));
        launch("cores");
        assertEquals(3, builds());
    }

    @Test
    void concurrentFirstUsesBuildOnce() throws Exception {
        List<ChildProcess> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            running.add(start(project.resolve("cyclecast"), Map.of(), "cores"));
        }
        for (ChildProcess process : running) {
            ChildProcess.Result result = process.await();
            assertEquals(0, result.exit(), result.err());
        }
        assertEquals(1, builds());
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        Path links = Files.createDirectories(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("../a project/cyclecast"));
        Files.createSymbolicLink(links.resolve("second"), links.resolve("first"));
        ChildProcess.Result result = start(links.resolve("second"), Map.of(), "info").await();
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().contains("<-Dcyclecast.home=" + project.toRealPath() + ">"), result.out());
    }

    @Test
    void aFailedBuildShowsItsErrorsAndIsTriedAgain() throws Exception {
        script(tools.resolve("mvn"), "echo build >> ../calls; echo '[INFO] noise'; echo '[ERROR] A.java:[1,2] broken'; exit 1");
        for (int attempt = 1; attempt <= 2; attempt++) {
            ChildProcess.Result result = launch("cores");
            assertEquals(1, result.exit());
            assertEquals("[ERROR] A.java:[1,2] broken\ncyclecast: the build failed; the full log is "
                    + project.toRealPath() + "/build/build.log\n", result.err());
            assertEquals(attempt, builds());
        }
    }

    @Test
    void aJdkThatIsTooOldIsRefusedByName() throws Exception {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"21.0.8\"\n");
        ChildProcess.Result result = launch("cores");
        assertEquals(1, result.exit());
        assertEquals("cyclecast: CYCLECAST_JAVA_HOME=" + jdk + " is not a JDK 25 or later; correct it or unset it\n", result.err());
    }

    @Test
    void missingPackagesAreNamedWhereTheyCannotBeInstalled() throws Exception {
        ChildProcess.Result result = launch("record", "--", "/bin/true");
        assertEquals(1, result.exit());
        assertTrue(result.err().matches("cyclecast: record needs packages that are missing; run: "
                + "sudo apt-get update && sudo apt-get install -y gcc libc6-dev binutils qemu-user( libzydis4\\.0)?\n"), result.err());
        assertFalse(Files.exists(folder.resolve("calls")), "built before it was known whether the command can run");
    }

    @Test
    void helpAsksForNoPackages() throws Exception {
        assertEquals(0, launch("record", "--help").exit());
    }

    @Test
    void missingPackagesAreInstalledWithoutAPassword() throws Exception {
        script(tools.resolve("sudo"), "shift; if [ \"$1\" != true ]; then exec \"$@\"; fi");
        script(tools.resolve("apt-get"), "echo \"apt-get $*\" >> '%s'\ncd '%s'; for tool in gcc objcopy ld.gold qemu-x86_64; do cp cat $tool; done"
                .formatted(folder.resolve("apt"), tools));
        ChildProcess.Result result = launch("record", "--", "/bin/true");
        List<String> calls = Files.readAllLines(folder.resolve("apt"));
        assertTrue(calls.getFirst().startsWith("apt-get install -y -qq --no-install-recommends gcc libc6-dev binutils qemu-user"),
                calls.toString());
        // The decoder's library is looked for in the system's folders, where the test puts nothing.
        assertTrue(result.exit() == 0 || result.err().endsWith("apt-get install -y libzydis4.0\n"), result.err());
    }

    @Test
    void verifyFailsWhenMavenFailsOrTheSummaryIsRed() throws Exception {
        offerNativeTools();
        ChildProcess.Result green = launch("verify");
        assertEquals(0, green.exit(), green.err());
        assertTrue(green.out().endsWith("cli/TestSummary.java> <" + project.toRealPath() + ">\n"), green.out());

        script(jdk.resolve("bin/java"), "case $* in *TestSummary*) exit 1;; esac");
        assertEquals(1, launch("verify").exit());

        script(jdk.resolve("bin/java"), "exit 0");
        script(tools.resolve("mvn"), "echo '[ERROR] broken'; exit 1");
        ChildProcess.Result broken = launch("verify");
        assertEquals(1, broken.exit());
        assertEquals("[ERROR] broken\n", broken.out());
    }

    @Test
    void aLibraryIsLookedAtBeforeItsTestsRun() throws Exception {
        offerNativeTools();
        script(tools.resolve("mvn"), "echo \"$*\" >> ../arguments");
        Path library = Files.createFile(folder.resolve("other.so"));
        script(jdk.resolve("bin/java"), "case $* in *allocator.Library*) echo refused >&2; exit 1;; esac");
        ChildProcess.Result refused = launch("verify", "--library", "other.so");
        assertEquals(1, refused.exit());
        assertEquals("refused\n", refused.err());
        assertFalse(Files.exists(folder.resolve("arguments")), "the tests ran on a library that was refused");

        script(jdk.resolve("bin/java"), "printf ' <%s>' \"$@\"");
        ChildProcess.Result tested = launch("verify", "--library=other.so", "-Dcyclecast.sequences=5");
        assertEquals(0, tested.exit(), tested.err());
        assertTrue(tested.out().contains("<dev.cyclecast.allocator.Library> <other.so>"), tested.out());
        assertTrue(tested.out().endsWith("cli/TestSummary.java> <" + project.toRealPath() + "> <allocator>"), tested.out());
        String arguments = Files.readString(folder.resolve("arguments"));
        assertTrue(arguments.endsWith(" verify -Dcyclecast.sequences=5 -pl allocator -Dtest=LibraryLawsTest -Dcyclecast.library="
                + library.toRealPath() + "\n"), arguments);

        ChildProcess.Result nameless = launch("verify", "--library");
        assertEquals(1, nameless.exit());
        assertEquals("cyclecast: --library takes the path of a shared library (.so)\n", nameless.err());
    }

    /** Everything that verify needs, as far as the machine has it. */
    private void offerNativeTools() throws Exception {
        for (String tool : List.of("gcc", "objcopy", "ld.gold", "qemu-x86_64", "tee", "grep")) {
            script(tools.resolve(tool), Files.exists(Path.of("/usr/bin", tool)) ? "exec /usr/bin/" + tool + " \"$@\"" : "exit 1");
        }
        assumeTrue(launch("record", "--", "/bin/true").exit() == 0, "libzydis4.0 is missing");
    }

    private ChildProcess.Result launch(String... arguments) throws Exception {
        return start(project.resolve("cyclecast"), Map.of(), arguments).await();
    }

    private ChildProcess start(Path launcher, Map<String, String> more, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.put("PATH", tools.toString());
        environment.put("CYCLECAST_JAVA_HOME", jdk.toString());
        return ChildProcess.start(folder, environment, command);
    }

    private int builds() throws IOException {
        return Files.readAllLines(folder.resolve("calls")).size();
    }

    private void source(String name) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
        age(file);
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    private static Path which(String tool) {
        for (String place : List.of("/usr/bin", "/bin")) {
            Path file = Path.of(place, tool);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new AssertionError(tool + " is part of every Debian system");
    }
}
