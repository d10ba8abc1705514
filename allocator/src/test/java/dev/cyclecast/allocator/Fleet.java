package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that all run the same sequences at the same time: every variant in both shapes, the baseline first. */
final class Fleet implements AutoCloseable {
    private final Allocator specification = new SpecifiedAllocator();
    private final List<CompiledAllocator> programs;

    private Fleet(List<CompiledAllocator> programs) {
        this.programs = List.copyOf(programs);
    }

    /** Builds and starts them. */
    static Fleet start(AllocatorBuild build) {
        record Member(Variant variant, Shape shape) {}
        List<Member> members = Variant.named().stream()
                .flatMap(variant -> Stream.of(Shape.values()).map(shape -> new Member(variant, shape))).toList();
        members.parallelStream().forEach(member -> build.pipe(member.variant, member.shape, List.of()));
        var programs = new ArrayList<CompiledAllocator>();
        for (Member member : members) {
            programs.add(new CompiledAllocator(member.variant + " (" + member.shape.id() + ")",
                    build.pipe(member.variant, member.shape, List.of())));
        }
        return new Fleet(programs);
    }

    List<CompiledAllocator> programs() {
        return programs;
    }

    /** Runs a sequence on the specification and on every program: each must obey every law, and do as the baseline does. */
    void check(Sequence sequence) {
        programs.forEach(program -> program.send(sequence));
        Optional<Violation> violation =
                History.violation("the specification", sequence, specification.run(sequence), Law.ALL, null);
        Outcome reference = null;
        for (CompiledAllocator program : programs) {
            Outcome outcome = program.receive();
            if (violation.isEmpty()) {
                violation = History.violation(program.toString(), sequence, outcome, Law.ALL, reference)
                        .map(broken -> CounterExample.of(broken, program.command(), sequence));
            }
            reference = reference == null ? outcome : reference;
        }
        violation.ifPresent(broken -> {
            throw broken;
        });
    }

    @Override
    public void close() {
        programs.forEach(CompiledAllocator::close);
    }
}
