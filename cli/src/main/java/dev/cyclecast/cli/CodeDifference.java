package dev.cyclecast.cli;

import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.ProgramImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The executed code of one function in two programs, line by line: which instructions correspond, and which only one has. */
final class CodeDifference {
    /**
     * One line.
     *
     * @param text   the instruction, as the second program has it where both have
     * @param before cost in the first program, null where only the second has it
     * @param after  cost in the second program, null where only the first has it
     */
    record Line(String text, ReplayReport.SiteCost before, ReplayReport.SiteCost after) {
    }

    /** Larger functions, such as a whole module without symbols, are not aligned: their lines are paired by text. */
    private static final long LARGEST_ALIGNED = 1 << 22;

    private CodeDifference() {
    }

    /** Aligns a function's instructions by their longest common subsequence; addresses of code do not count as different. */
    static List<Line> of(String function, ProgramImage first, ReplayReport before, ProgramImage second, ReplayReport after) {
        List<ReplayReport.SiteCost> a = sites(function, first, before);
        List<ReplayReport.SiteCost> b = sites(function, second, after);
        List<String> textA = a.stream().map(s -> comparable(first, s)).toList();
        List<String> textB = b.stream().map(s -> comparable(second, s)).toList();
        if ((long) a.size() * b.size() > LARGEST_ALIGNED) {
            return paired(a, textA, b, textB);
        }
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = textA.get(i).equals(textB.get(j)) ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && textA.get(i).equals(textB.get(j))) {
                lines.add(new Line(textB.get(j), a.get(i++), b.get(j++)));
            } else if (j == b.size() || i < a.size() && common[i + 1][j] >= common[i][j + 1]) {
                lines.add(new Line(textA.get(i), a.get(i++), null));
            } else {
                lines.add(new Line(textB.get(j), null, b.get(j++)));
            }
        }
        return lines;
    }

    private static List<Line> paired(List<ReplayReport.SiteCost> a, List<String> textA, List<ReplayReport.SiteCost> b,
            List<String> textB) {
        Map<String, Deque<ReplayReport.SiteCost>> left = new LinkedHashMap<>();
        for (int i = 0; i < a.size(); i++) {
            left.computeIfAbsent(textA.get(i), t -> new ArrayDeque<>()).add(a.get(i));
        }
        List<Line> lines = new ArrayList<>();
        for (int j = 0; j < b.size(); j++) {
            Deque<ReplayReport.SiteCost> same = left.get(textB.get(j));
            lines.add(new Line(textB.get(j), same == null ? null : same.poll(), b.get(j)));
        }
        left.forEach((text, rest) -> rest.forEach(site -> lines.add(new Line(text, site, null))));
        return lines;
    }

    private static List<ReplayReport.SiteCost> sites(String function, ProgramImage image, ReplayReport report) {
        return report.sites().stream().filter(s -> image.functionName(s.number()).equals(function)).toList();
    }

    /** An instruction's text with names for the addresses that the linker gave. */
    private static String comparable(ProgramImage image, ReplayReport.SiteCost site) {
        Instruction i = image.instructions().get(site.number());
        StringBuilder text = new StringBuilder();
        int target = i.flow().isBranch() ? image.indexOf(i.target()) : -1;
        List<MemoryOperand> operands = Sites.operands(i);
        boolean linked = i.flow().isBranch() || operands.stream().anyMatch(m -> m.ripRelative() || m.variable() >= 0);
        text.append(linked ? i.text().replaceAll("0x[0-9a-f]{5,}", "...") : i.text());
        if (target >= 0 && !image.functionName(target).equals(image.functionName(site.number()))) {
            text.append("  ; → ").append(image.functionName(target));
        }
        for (MemoryOperand m : operands) {
            if (m.variable() >= 0) {
                text.append("  ; ").append(image.variables().get(m.variable()).name());
            }
        }
        return text.toString();
    }
}
