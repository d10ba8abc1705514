package dev.cyclecast.allocator;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        // Whether a law is broken follows from the sequence and the answers: what was found lawful once is so again.
        Set<ByteBuffer> lawful = new HashSet<>();
        for (CompiledAllocator program : programs) {
            byte[] text = program.receiveText();
            if (violation.isEmpty() && !lawful.contains(ByteBuffer.wrap(text))) {
                Outcome outcome = new AnswerReader(new ByteArrayInputStream(text), program.toString()).outcome();
                violation = History.violation(program.toString(), sequence, outcome, Law.ALL, reference)
                        .map(broken -> CounterExample.of(broken, program.command(), sequence));
                lawful.add(ByteBuffer.wrap(text));
                reference = reference == null ? outcome : reference;
            }
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
