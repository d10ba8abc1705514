package dev.cyclecast.cli;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.ProgramRunner;
import dev.cyclecast.calibration.ab.RunWatch;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.methods.Methods;
import dev.cyclecast.calibration.validate.AllocatorPrograms;
import dev.cyclecast.calibration.validate.Load;
import dev.cyclecast.calibration.validate.MethodsOfToday;
import dev.cyclecast.calibration.validate.ModelForecasts;
import dev.cyclecast.calibration.validate.Rivals;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Validation;
import dev.cyclecast.calibration.validate.ValidationRequest;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.model.predict.Predictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code validate}: forecasts first, then the real thing. */
@Command(name = "validate", mixinStandardHelpOptions = true,
        description = {"Forecasts from the baseline, then builds and runs the real variants on this machine, and puts the two side by"
                + " side.",
            "Without --proposal and --workload, that is all shipped proposals on mixed, mixed-pressure48, c6-heavy and tiny-hot; with a"
                + " budget below 10m it is E1 to E4 on mixed."},
        footer = {"", "Everything is kept in build/validate/TIME, and a session that was interrupted is taken up with --resume."
            + " ./cyclecast scorecard FOLDER writes a session's record as a page."})
final class ValidateCommand implements Callable<Integer> {
    /** Budget below which a whole scorecard would say nothing. */
    private static final Duration LEAST_FOR_ALL = Duration.ofMinutes(10);
    private static final Duration RUN_LIMIT = Duration.ofSeconds(60);

    private final Terminal terminal;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--budget", paramLabel = "TIME", converter = DurationConverter.class,
            description = "How long it may take, such as 300s, 15m or 1h (default: 15m; with --resume, what is left).")
    private Duration budget;

    @Option(names = "--proposal", split = ",", paramLabel = "PROPOSAL",
            description = "Proposals with a real variant: ids of shipped ones, files, or all.")
    private List<String> proposals = List.of();

    @Option(names = "--workload", split = ",", paramLabel = "NAME",
            description = "What the allocator is made to do: mixed, c6-heavy, single, tiny-hot or realloc, each with -pressureN where a body of N"
                    + " KiB of other code is walked between operations; or all.")
    private List<String> workloads = List.of();

    @Option(names = "--core", paramLabel = "CORE",
            description = "The core that forecasts are for: a name or a profile file ending in .json (default: host where calibrate has"
                    + " written that, else this CPU's, or what is nearest).")
    private String core;

    @Option(names = "--layouts", paramLabel = "N", defaultValue = "32",
            description = "Code layouts at most (default: ${DEFAULT-VALUE}).")
    private int layouts;

    @Option(names = "--protocol", paramLabel = "NAME",
            description = "phase4: also carry out the founding document's acceptance protocol, ten runs of mixed and five of c6-heavy.")
    private Protocol protocol;

    @Option(names = "--methods",
            description = "Also ask the methods that people use today: self %% arithmetic, instruction count, callgrind's estimate, llvm-mca. They"
                    + " take their time behind the measurement, beyond the budget (default: from a budget of 10m on, with all proposals).")
    private boolean methods;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of run order and bootstrap (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--resume", paramLabel = "FOLDER",
            description = "Goes on with a session; with --budget for so much longer, also with one that has ended.")
    private Path resume;

    @Mixin
    private Output output;

    /** Protocols of others. */
    private enum Protocol { PHASE4 }

    ValidateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        check();
        ValidationRequest request = resume == null ? request() : Validation.requestOf(resume);
        List<Proposal> chosen = request.proposals().stream().map(Proposal::load).toList();
        CoreProfile profile = CoreProfile.load(request.core());
        CoreMatch match = match(request.core(), profile);
        Rivals rivals = request.methods() ? new MethodsOfToday(Methods.on(HostCpu.detect(), request.core()), chosen) : null;
        Pinning pinning = Pinning.detect();
        try (Interruption listener = new Interruption(terminal, "validate")) {
            Validation validation = new Validation(new AllocatorPrograms(home()),
                    new ModelForecasts(chosen, profile, Predictor.Options.DEFAULT), rivals, match,
                    new ProgramRunner(pinning, RUN_LIMIT, RunWatch.build(home())), pinning, InstantSource.system(), listener);
            Scorecard card = made(validation, request, listener);
            output.print(() -> ScorecardText.text(terminal, card), () -> ScorecardText.rows(card), () -> card);
            return Main.DONE;
        }
    }

    private Scorecard made(Validation validation, ValidationRequest request, Interruption listener) {
        try {
            Scorecard card = resume == null ? validation.begin(request, home().resolve("build/validate"))
                    : validation.resume(resume, budget == null ? null : (double) budget.toSeconds());
            listener.close();
            return card;
        } catch (CalibrationException e) {
            Path kept = listener.folder();
            if (kept == null || !Files.exists(kept)) {
                throw e;
            }
            throw new CalibrationException(e.getMessage() + "; what was made before is kept; go on with: ./cyclecast validate --resume "
                    + kept, e);
        }
    }

    private void check() {
        if (resume != null && !(proposals.isEmpty() && workloads.isEmpty() && core == null && protocol == null && !methods)) {
            throw new ParameterException(spec.commandLine(), "--resume takes proposals, workloads, core, protocol and methods from the session");
        }
        if (layouts < 1 || layouts > 1000) {
            throw new ParameterException(spec.commandLine(), "--layouts must be from 1 to 1000");
        }
        if (budget != null && budget.isZero()) {
            throw new ParameterException(spec.commandLine(), "--budget must be above 0");
        }
    }

    private ValidationRequest request() {
        Duration time = budget == null ? Duration.ofMinutes(15) : budget;
        boolean all = time.compareTo(LEAST_FOR_ALL) >= 0;
        return new ValidationRequest(chosenProposals(all), chosenLoads(all),
                core != null ? core : Files.exists(CoreProfile.hostFile()) ? CoreProfile.HOST : HostCpu.detect().core().core(),
                time.toSeconds(), ValidationRequest.RECORDED_OPERATIONS, ValidationRequest.RUN_MILLIS, layouts,
                protocol == Protocol.PHASE4, methods || all && proposals.isEmpty() && workloads.isEmpty(), seed);
    }

    private List<String> chosenProposals(boolean all) {
        if (proposals.isEmpty() || proposals.equals(List.of("all"))) {
            boolean every = all && workloads.isEmpty() || !proposals.isEmpty();
            return (every ? Proposal.all() : Proposal.shipped()).stream().map(Proposal::id).toList();
        }
        // Shipped ones by their ids, however they were written; others by their files.
        return proposals.stream().map(p -> p.endsWith(".json") ? p : Proposal.load(p).id()).distinct().toList();
    }

    private List<Load> chosenLoads(boolean all) {
        if (workloads.equals(List.of("all")) || workloads.isEmpty() && proposals.isEmpty() && all) {
            return Load.ALL;
        }
        return workloads.isEmpty() ? List.of(Load.ALL.getFirst()) : workloads.stream().map(AllocatorPrograms::load).distinct().toList();
    }

    private static CoreMatch match(String name, CoreProfile profile) {
        CoreMatch nearest = HostCpu.detect().core();
        if (name.equals(nearest.core())) {
            return nearest;
        }
        return name.equals(CoreProfile.HOST) ? new CoreMatch(name, nearest.exact(), "forecasts are for " + profile.title())
                : new CoreMatch(name, false, "forecasts are for " + profile.title() + ", as asked; " + nearest.reason());
    }

    private static Path home() {
        return Path.of(System.getProperty("cyclecast.home"));
    }
}
