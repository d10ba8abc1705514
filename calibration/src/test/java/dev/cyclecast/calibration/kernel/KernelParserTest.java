package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.FormTiming;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelParserTest {
    private static final String GOOD = """
            # A group.
            kernel thing
              observes: something
              unit: piece
              flags: marginal
              sizes: 2 5
              each op: a=nop | b=inc rax; dec rax
              each K: 1 4
              units: 2*{N}+{K}/4
              data: ring 64*{K} 64
              constants: dispatchWidth
              body:
                .rept {K}*{N}
                {op}
                .endr
                .byte {op.a}
            """;

    @Test
    void everyCombinationIsAKernelWithItsParametersFilledIn() {
        List<Kernel> kernels = KernelParser.parse("test", GOOD);
        assertEquals(List.of("thing-a-1", "thing-a-4", "thing-b-1", "thing-b-4"), kernels.stream().map(Kernel::name).toList());
        Kernel last = kernels.getLast();
        assertEquals(".rept 4*2\ninc rax; dec rax\n.endr\n.byte 0\n", last.small().body());
        assertEquals(".rept 4*5\ninc rax; dec rax\n.endr\n.byte 0\n", last.large().body());
        assertEquals(5, last.small().units());
        assertEquals(11, last.large().units());
        assertEquals(new Kernel.Data(Kernel.Data.Content.RING, 256, 64, false), last.small().data());
        // The cost is the difference of the sizes' costs by the difference of their units.
        assertEquals(3, last.cost(new double[] {7, 25}));
    }

    @Test
    void aKernelNamesTheInstructionFormsThatItShows() {
        List<Kernel> kernels = KernelParser.parse("test", GOOD.replace("constants: dispatchWidth",
                "forms: {op} : latency busy").replace("b=inc rax; dec rax", "b=imul rax, qword ptr [r8+8]"));
        assertEquals(List.of(new Setting.OfForm("nop", FormTiming.Part.LATENCY), new Setting.OfForm("nop", FormTiming.Part.BUSY)),
                kernels.getFirst().settings());
        assertEquals(new Setting.OfForm("imul r64,m64", FormTiming.Part.LATENCY), kernels.getLast().settings().getFirst());
        assertEquals(List.of("imul r64,m64: latency", "cycles"), List.of(kernels.getLast().settings().getFirst().name(),
                kernels.getLast().settings().getFirst().unit()));
    }

    @Test
    void shippedKernelsNameFormsThatEveryTableKnows() {
        for (Kernel kernel : Kernels.all()) {
            for (Setting s : kernel.settings()) {
                for (String core : CoreProfile.names()) {
                    CoreProfile profile = CoreProfile.load(core);
                    assertTrue(s.get(profile) >= s.minimum() && s.get(profile) <= s.maximum(), kernel.name() + ", " + s.name());
                    assertEquals(s.get(profile) + 1, s.get(s.with(profile, s.get(profile) + 1)), s.name());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', value = {
        "observes: something > uses: something > line 3",
        "unit: piece > unit: > line 4",
        "units: 2*{N}+{K}/4 > units: two > 'two' is not a number",
        "units: 2*{N}+{K}/4 > units: {M} > {M} has no value",
        "data: ring 64*{K} 64 > data: heap 64 > 'heap'",
        "data: ring 64*{K} 64 > data: ring 64 > takes its bytes and a stride",
        "constants: dispatchWidth > constants: width > 'width' is no constant",
        "constants: dispatchWidth > forms: imul rax, rbx > takes an instruction",
        "constants: dispatchWidth > forms: imul rax, rbx : speed > 'speed' is no part of a timing",
        "constants: dispatchWidth > forms: imul rax, what : latency > 'what' is no operand",
        "flags: marginal > flags: fast > flags are",
        "sizes: 2 5 > sizes: 2 > two values",
        "body: > before: > no field 'body'",
        "kernel thing > kernels > before the first kernel"})
    void whatIsWrongIsNamedWithItsLine(String line, String instead, String says) {
        var e = assertThrows(CalibrationException.class, () -> KernelParser.parse("test", GOOD.replace(line, instead)));
        assertTrue(e.getMessage().contains("kernels/test.txt, line ") && e.getMessage().contains(says), e.getMessage());
    }
}
