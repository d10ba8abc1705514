package dev.cyclecast.calibration.methods;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * llvm-mca on the basic blocks of both builds: the sum of each block's reciprocal throughput, the cycles that its instructions
 * need if dispatch width and ports are all that limits them, times its executions per operation. The code is that of the trace,
 * which LLVM disassembles for itself.
 */
final class PortPressure implements Method {
    private static final int NEWEST = 40;
    /** The first that goes on where it does not know an instruction. */
    private static final int OLDEST = 19;
    /** Executed nowhere, so it may stand between blocks. */
    private static final String SEPARATOR_BYTES = "0x0f 0x0b";
    private static final String SEPARATOR = "ud2";
    private static final Pattern REGION = Pattern.compile("block(\\d{1,9})");

    private final String cpu;
    private final Map<Path, Double> perOperation = new ConcurrentHashMap<>();

    /** For a host: its own schedule where it is no Zen, since that is the one that people would ask for. */
    PortPressure(CoreMatch core) {
        this(core.exact() ? core.core().replace("zen", "znver") : "native");
    }

    /** For a CPU by LLVM's name. */
    PortPressure(String cpu) {
        this.cpu = cpu;
    }

    @Override
    public String name() {
        return "llvm-mca";
    }

    @Override
    public String inputs() {
        return "traces of base and variant, schedule of " + cpu;
    }

    @Override
    public Guess guess(Pair pair) {
        Optional<String> suffix = Stream.concat(IntStream.iterate(NEWEST, v -> v >= OLDEST, v -> v - 1).mapToObj(v -> "-" + v),
                Stream.of("")).filter(s -> Tool.find("llvm-mca" + s).isPresent() && Tool.find("llvm-mc" + s).isPresent()).findFirst();
        if (suffix.isEmpty()) {
            return Guess.none("llvm-mca is not installed: apt-get install llvm-" + OLDEST);
        }
        if (!knows(suffix.get())) {
            return Guess.none("llvm-mca%s has no schedule of %s; install a newer LLVM".formatted(suffix.get(), cpu));
        }
        return Guess.ofCosts(perOperation(pair.base(), suffix.get()), perOperation(pair.variant(), suffix.get()));
    }

    private boolean knows(String suffix) {
        return cpu.equals("native") || Tool.run(List.of("llvm-mc" + suffix, "--triple=x86_64", "--mcpu=help"), "").err()
                .lines().anyMatch(line -> line.strip().startsWith(cpu + " "));
    }

    private synchronized double perOperation(Build build, String suffix) {
        return perOperation.computeIfAbsent(build.trace(), path -> {
            try (TraceReader trace = TraceReader.open(path)) {
                Executions executions = Executions.of(trace);
                List<BasicBlock> blocks = BasicBlock.of(trace.image(), executions.counts());
                String bytes = bytes(trace.image(), blocks);
                String assembly = Tool.run(List.of("llvm-mc" + suffix, "--disassemble", "--triple=x86_64"), bytes).out();
                Tool.Output analysis = Tool.run(List.of("llvm-mca" + suffix, "-mtriple=x86_64", "-mcpu=" + cpu, "-json",
                        "-iterations=1", "-all-views=false", "-summary-view", "-skip-unsupported-instructions=any", "-"),
                        regions(assembly, blocks.size()));
                return cycles(analysis.out(), blocks) / executions.operations();
            }
        });
    }

    /** The bytes of all blocks, as llvm-mc reads them. */
    static String bytes(ProgramImage image, List<BasicBlock> blocks) {
        int[] offset = new int[image.instructions().size() + 1];
        for (int i = 0; i < offset.length - 1; i++) {
            offset[i + 1] = offset[i] + image.instructions().get(i).length();
        }
        StringBuilder text = new StringBuilder();
        for (BasicBlock block : blocks) {
            for (int b = offset[block.first()]; b < offset[block.first() + block.size()]; b++) {
                text.append("0x%02x ".formatted(image.bytes()[b]));
            }
            text.append(SEPARATOR_BYTES).append('\n');
        }
        return text.toString();
    }

    /** Each block as a region for llvm-mca. */
    static String regions(String assembly, int blocks) {
        StringBuilder text = new StringBuilder("# LLVM-MCA-BEGIN block0\n");
        int block = 0;
        for (String line : assembly.lines().toList()) {
            if (line.strip().equals(SEPARATOR)) {
                text.append("# LLVM-MCA-END block").append(block++).append('\n');
                text.append(block < blocks ? "# LLVM-MCA-BEGIN block" + block + "\n" : "");
            } else {
                text.append(line).append('\n');
            }
        }
        if (block != blocks) {
            throw new CalibrationException("llvm-mc disassembled " + block + " blocks of " + blocks);
        }
        return text.toString();
    }

    /** Sum of the blocks' reciprocal throughputs by executions. */
    static double cycles(String json, List<BasicBlock> blocks) {
        JsonNode regions;
        try {
            regions = new ObjectMapper().readTree(json).path("CodeRegions");
        } catch (JsonProcessingException e) {
            throw new CalibrationException("llvm-mca printed what is no JSON: " + Tool.firstLine(e.getOriginalMessage()), e);
        }
        if (regions.size() != blocks.size()) {
            throw new CalibrationException("llvm-mca analysed " + regions.size() + " blocks of " + blocks.size());
        }
        double cycles = 0;
        for (JsonNode region : regions) {
            Matcher name = REGION.matcher(region.path("Name").asText());
            JsonNode throughput = region.path("SummaryView").path("BlockRThroughput");
            if (!name.matches() || Integer.parseInt(name.group(1)) >= blocks.size() || !throughput.isNumber()) {
                throw new CalibrationException("llvm-mca says nothing of the throughput of region '" + region.path("Name").asText() + "'");
            }
            cycles += throughput.asDouble() * blocks.get(Integer.parseInt(name.group(1))).executions();
        }
        return cycles;
    }
}
