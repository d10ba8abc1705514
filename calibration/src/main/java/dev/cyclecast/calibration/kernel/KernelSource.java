package dev.cyclecast.calibration.kernel;

import java.util.List;
import java.util.stream.Collectors;

/** The assembly of a kernel's program: a function for each size, and its data's description, for the harness to run. */
final class KernelSource {
    private static final String SAVED = "rbx rbp r12 r13 r14 r15";

    private KernelSource() {
    }

    /** The whole file. */
    static String of(Kernel kernel) {
        StringBuilder text = new StringBuilder(Kernels.text("prelude.s"));
        List<Kernel.Size> sizes = kernel.sizes();
        for (int s = 0; s < sizes.size(); s++) {
            function(Kernel.sizeName(s), sizes.get(s), text);
        }
        if (sizes.size() == 1) {
            text.append("\t.globl kernel_large, kernel_large_data\n\t.set kernel_large, kernel_small\n"
                    + "\t.set kernel_large_data, kernel_small_data\n");
        }
        return text.append("\t.section .note.GNU-stack,\"\",@progbits\n").toString();
    }

    private static void function(String size, Kernel.Size kernel, StringBuilder text) {
        List<String> saved = List.of(SAVED.split(" "));
        text.append("""

                \t.section .text.kernel_%1$s,"ax",@progbits
                \t.p2align 6
                \t.globl kernel_%1$s
                \t.type kernel_%1$s, @function
                kernel_%1$s:
                """.formatted(size));
        text.append(saved.stream().map(r -> "push " + r + "\n").collect(Collectors.joining()));
        text.append("mov r15, rdi\nmov r12, kernel_state[rip]\nmov r8, kernel_state[rip+8]\n"
                + "lea r14, kernel_scratch[rip]\nmov r9, [r14+4096]\n");
        text.append(kernel.before());
        text.append("\t.p2align 6\nkernel_%s_again:\n".formatted(size));
        text.append(kernel.body());
        text.append("sub r15, 1\njnz kernel_%s_again\n".formatted(size));
        text.append("mov kernel_state[rip], r12\nmov kernel_state[rip+8], r8\n");
        text.append(saved.reversed().stream().map(r -> "pop " + r + "\n").collect(Collectors.joining()));
        text.append("ret\n").append(kernel.outside());
        text.append("""
                \t.size kernel_%1$s, .-kernel_%1$s
                \t.section .rodata
                \t.p2align 3
                \t.globl kernel_%1$s_data
                kernel_%1$s_data:
                \t.quad %2$d, %3$d, %4$d, %5$d
                """.formatted(size, kernel.data().content().ordinal(), kernel.data().bytes(), kernel.data().stride(),
                kernel.data().huge() ? 1 : 0));
    }
}
