package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Instructions that a proposal gives.
 *
 * @param lines in order
 */
record AddedCode(List<Line> lines) {
    private static final int MOST = 200;

    /**
     * One instruction.
     *
     * @param data which data it accesses, null where its text tells or it accesses none
     */
    record Line(AssemblyLine text, DataAddress data) {
    }

    /** Reads a list of lines; {@code where} is its file and JSON path. */
    static AddedCode parse(JsonNode list, String where) {
        if (!list.isArray() || list.size() > MOST) {
            throw new ModelException(where + ": give a list of at most " + MOST + " instructions");
        }
        List<Line> lines = new ArrayList<>();
        for (int k = 0; k < list.size(); k++) {
            lines.add(line(list.get(k), where + "/" + k));
        }
        return new AddedCode(List.copyOf(lines));
    }

    private static Line line(JsonNode node, String where) {
        if (!node.isTextual()) {
            Proposal.keys(node, Set.of("asm", "address"), where);
        }
        AssemblyLine text = AssemblyLine.parse(node.isTextual() ? node.asText() : Proposal.text(node, "asm", where), where);
        boolean declared = node.has("address");
        if (declared != text.needsAddress()) {
            throw new ModelException(where + (declared ? "/address: the text tells what '" : ": declare with asm and address what '")
                    + text.text() + "' accesses");
        }
        return new Line(text, declared ? DataAddress.parse(node.path("address"), where + "/address") : null);
    }

    /** Finds what the lines refer to; null for those whose text tells all. */
    DataAddress.Rule[] rules(Program program, Events sample, String where) {
        DataAddress.Rule[] rules = new DataAddress.Rule[lines.size()];
        for (int k = 0; k < rules.length; k++) {
            DataAddress data = lines.get(k).data();
            rules[k] = data == null ? null : data.plan(program, sample, where + "/" + k + "/address");
        }
        return rules;
    }

    /** The instructions for one site. */
    List<Instruction> assemble(Program program, int site, String where) {
        List<Instruction> assembled = new ArrayList<>();
        for (int k = 0; k < lines.size(); k++) {
            assembled.add(new Assembler(program, program.code().instruction(site), where + "/" + k).assemble(lines.get(k).text()));
        }
        return assembled;
    }

    /** Adds the instructions for one site to a rewrite; returns their numbers. */
    static int[] add(Program program, SiteRewrite rewrite, List<Instruction> assembled, DataAddress.Rule[] rules) {
        int[] numbers = new int[assembled.size()];
        for (int k = 0; k < numbers.length; k++) {
            Instruction i = assembled.get(k);
            boolean byText = rules[k] == null && !i.mnemonic().equals("lea");
            DataAddress.Rule rule = !byText ? rules[k] : !i.memory().isEmpty() ? DataAddress.ofText(program, i.memory().getFirst())
                    : i.address0() != null ? DataAddress.ofText(program, i.address0()) : null;
            numbers[k] = rewrite.add(i, rule);
        }
        return numbers;
    }

    /** Registers that instructions write. */
    static long writes(List<Instruction> instructions) {
        long writes = 0;
        for (Instruction i : instructions) {
            writes |= i.writes();
        }
        return writes;
    }
}
