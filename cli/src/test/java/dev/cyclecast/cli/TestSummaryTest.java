package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts of a test run, read from report files. */
class TestSummaryTest {
    @TempDir
    private Path project;

    @Test
    void sumsOverModulesAndNamesSkippedTestsWithTheirReasons() throws Exception {
        report("traces", "TEST-a.xml", """
                <testsuite name="a.B" tests="3" errors="0" skipped="1" failures="0">
                  <properties><property name="x" value="y"/></properties>
                  <testcase name="one" classname="a.B"><system-out><![CDATA[<failure/>]]></system-out></testcase>
                  <testcase name="two" classname="a.B"><skipped message="gcc is&#10; missing"/></testcase>
                  <testcase name="three" classname="a.B"/>
                </testsuite>
                """);
        report("model", "TEST-b.xml", """
                <testsuite name="b.C"><testcase name="four" classname="b.C"/></testsuite>
                """);
        TestSummary summary = TestSummary.read(project);
        assertEquals("skipped: B.two: gcc is missing\n3 passed, 0 failed, 1 skipped\n", summary.text());
        assertTrue(summary.isGreen());
    }

    @Test
    void failuresAndErrorsAreNamedAndMakeItRed() throws Exception {
        report("model", "TEST-b.xml", """
                <testsuite name="b.C">
                  <testcase name="four" classname="b.C"><failure message="no">at ...</failure></testcase>
                  <testcase name="five" classname="b.C"><error type="x"/></testcase>
                  <testcase name="six" classname="b.C"/>
                </testsuite>
                """);
        TestSummary summary = TestSummary.read(project);
        assertEquals("failed: C.five\nfailed: C.four\n1 passed, 2 failed, 0 skipped\n", summary.text());
        assertFalse(summary.isGreen());
    }

    @Test
    void aModuleWhoseTestsDidNotRunMakesItRed() throws Exception {
        report("model", "TEST-b.xml", "<testsuite name='b.C'><testcase name='four' classname='b.C'/></testsuite>");
        Files.createDirectories(project.resolve("cli/src/test/java"));
        TestSummary summary = TestSummary.read(project);
        assertEquals("not run: the tests of cli\n1 passed, 0 failed, 0 skipped\n", summary.text());
        assertFalse(summary.isGreen());
    }

    @Test
    void modulesThatAreNotNamedDoNotCount() throws Exception {
        report("model", "TEST-b.xml", "<testsuite name='b.C'><testcase name='four' classname='b.C'/></testsuite>");
        Files.createDirectories(project.resolve("cli/src/test/java"));
        TestSummary summary = TestSummary.read(project, List.of("model"));
        assertEquals("1 passed, 0 failed, 0 skipped\n", summary.text());
        assertTrue(summary.isGreen());
        assertFalse(TestSummary.read(project, List.of("cli")).isGreen());
    }

    @Test
    void noTestsAtAllAreNoSuccess() throws Exception {
        assertFalse(TestSummary.read(project).isGreen());
    }

    private void report(String module, String name, String xml) throws Exception {
        Path reports = Files.createDirectories(project.resolve(module).resolve("target/surefire-reports"));
        Files.writeString(reports.resolve(name), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml);
    }
}
