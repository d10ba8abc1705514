package dev.cyclecast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The result of a test run: counts, and each skipped test with its reason, read from surefire's XML reports.
 *
 * <p>The launcher runs this file by itself, so that it reports even where the modules do not compile: it needs the JDK only.
 *
 * @param passed   number of tests that passed
 * @param failed   names of the tests that failed or ended in an error
 * @param skipped  names of the tests that were skipped, each with its reason
 * @param untested names of the modules that have tests and no reports
 */
record TestSummary(int passed, List<String> failed, List<String> skipped, List<String> untested) {
    TestSummary {
        failed = List.copyOf(failed);
        skipped = List.copyOf(skipped);
        untested = List.copyOf(untested);
    }

    /**
     * Prints the summary of the project in the folder given, or of those of its modules that are named after it; exits with 1
     * unless every such module's tests ran and passed.
     */
    public static void main(String[] arguments) throws IOException, XMLStreamException {
        TestSummary summary = read(Path.of(arguments[0]), List.of(arguments).subList(1, arguments.length));
        System.out.print(summary.text());
        System.exit(summary.isGreen() ? 0 : 1);
    }

    /** Reads the reports of each module of a project. */
    static TestSummary read(Path project) throws IOException, XMLStreamException {
        return read(project, List.of());
    }

    /** Reads the reports of the modules named, or of each module if none is. */
    static TestSummary read(Path project, List<String> named) throws IOException, XMLStreamException {
        Counter counter = new Counter();
        List<String> untested = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(project, Files::isDirectory)) {
            for (Path module : modules) {
                if (!named.isEmpty() && !named.contains(module.getFileName().toString())) {
                    continue;
                }
                Path reports = module.resolve("target/surefire-reports");
                int before = counter.total();
                if (Files.isDirectory(reports)) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(reports, "TEST-*.xml")) {
                        for (Path file : files) {
                            counter.read(file);
                        }
                    }
                }
                if (counter.total() == before && Files.isDirectory(module.resolve("src/test/java"))) {
                    untested.add(module.getFileName().toString());
                }
            }
        }
        counter.failed.sort(null);
        counter.skipped.sort(null);
        untested.sort(null);
        return new TestSummary(counter.passed, counter.failed, counter.skipped, untested);
    }

    /** Whether tests ran in every module that has any, and none failed. */
    boolean isGreen() {
        return failed.isEmpty() && untested.isEmpty() && passed > 0;
    }

    /** The report; its last line holds the counts. */
    String text() {
        StringBuilder text = new StringBuilder();
        skipped.forEach(test -> text.append("skipped: ").append(test).append('\n'));
        failed.forEach(test -> text.append("failed: ").append(test).append('\n'));
        untested.forEach(module -> text.append("not run: the tests of ").append(module).append('\n'));
        return text.append("%d passed, %d failed, %d skipped%n".formatted(passed, failed.size(), skipped.size())).toString();
    }

    /** Counts test cases over files. */
    private static final class Counter {
        private final XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        private final List<String> failed = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();
        private int passed;

        private Counter() {
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        }

        private int total() {
            return passed + failed.size() + skipped.size();
        }

        private void read(Path file) throws IOException, XMLStreamException {
            try (InputStream in = Files.newInputStream(file)) {
                XMLStreamReader xml = factory.createXMLStreamReader(in);
                String test = "";
                boolean ran = false;
                while (xml.hasNext()) {
                    int event = xml.next();
                    if (event == XMLStreamConstants.START_ELEMENT) {
                        switch (xml.getLocalName()) {
                            case "testcase" -> {
                                String type = xml.getAttributeValue(null, "classname");
                                test = type.substring(type.lastIndexOf('.') + 1) + "." + xml.getAttributeValue(null, "name");
                                ran = true;
                            }
                            case "failure", "error" -> {
                                if (ran) {
                                    failed.add(test);
                                }
                                ran = false;
                            }
                            case "skipped" -> {
                                String reason = xml.getAttributeValue(null, "message");
                                skipped.add(test + ": " + (reason == null ? "no reason given"
                                        : reason.replaceAll("\\s+", " ").strip()));
                                ran = false;
                            }
                            default -> {
                            }
                        }
                    } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("testcase") && ran) {
                        passed++;
                    }
                }
            }
        }
    }
}
