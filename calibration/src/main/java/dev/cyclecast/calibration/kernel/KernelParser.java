package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.FormTiming;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads kernels from the text of a group: entries {@code kernel NAME}, under each indented fields {@code key: value} and
 * blocks of assembly, in which {@code {parameter}} stands for a value. {@code each P: a=x | b=y} makes a kernel of each
 * value; {@code sizes: a b} gives the two values of {@code {N}} between which the cost is the difference.
 */
final class KernelParser {
    private static final Pattern HOLE = Pattern.compile("\\{([A-Za-z]+)(?:\\.([\\w-]+))?}");
    private static final List<String> BLOCKS = List.of("before", "body", "outside");
    private static final List<String> FIELDS =
            List.of("observes", "unit", "units", "constants", "forms", "bound", "flags", "lacks", "sizes", "data", "record");
    private static final Set<String> FLAGS = Set.of("random", "allocator", "marginal");
    /** From the end of one turn to the end of another. */
    private static final int LEAST_COUNTED = 2;
    private static final String EACH = "each ";
    private static final Map<String, String> OPERANDS = Map.of("r64", "r[a-ds][xip]|r\\d+|rdi|rbp", "r32", "e[a-ds][xip]|r\\d+d|edi|ebp",
            "r16", "[a-ds][xip]|r\\d+w|di|bp", "r8", "[a-d][lh]|r\\d+b", "x128", "xmm\\d+", "x256", "ymm\\d+", "i8", "-?\\d+",
            "m64", ".*\\[.*");

    /** What stands under one name, before its parameters have values. */
    private record Entry(int line, String name, Map<String, String> fields, Map<String, Map<String, String>> parameters) {
    }

    /** A parameter's value: the label in the kernel's name, and the text. */
    private record Value(String label, String text) {
    }

    private final String group;

    private KernelParser(String group) {
        this.group = group;
    }

    /** The kernels of one group. */
    static List<Kernel> parse(String group, String text) {
        KernelParser parser = new KernelParser(group);
        List<Kernel> kernels = new ArrayList<>();
        for (Entry entry : parser.entries(text)) {
            parser.expand(entry, new ArrayList<>(entry.parameters().keySet()), entry.name(), new LinkedHashMap<>(), kernels);
        }
        return kernels;
    }

    private List<Entry> entries(String text) {
        List<Entry> entries = new ArrayList<>();
        String block = null;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("kernel ")) {
                entries.add(new Entry(number, line.substring("kernel ".length()).strip(), new TreeMap<>(), new LinkedHashMap<>()));
                block = null;
            } else if (entries.isEmpty()) {
                throw failure(number, "'" + line.strip() + "' stands before the first kernel");
            } else if (line.startsWith("    ")) {
                if (block == null) {
                    throw failure(number, "assembly that belongs to no block; begin one with body:");
                }
                entries.getLast().fields().merge(block, line.strip() + "\n", String::concat);
            } else {
                block = field(number, line.strip(), entries.getLast());
            }
        }
        return entries;
    }

    /** Takes a field in; returns the block that it begins, or null. */
    private String field(int number, String line, Entry entry) {
        int colon = line.indexOf(':');
        String key = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1).strip();
        if (BLOCKS.contains(key) && value.isEmpty() && colon > 0) {
            return key;
        }
        if (key.startsWith(EACH) && !value.isEmpty()) {
            entry.parameters().put(key.substring(EACH.length()).strip(), values(value));
        } else if (!FIELDS.contains(key) || value.isEmpty()) {
            throw failure(number, "'" + key + "' is no field with a value; there are each, " + String.join(", ", FIELDS));
        } else if (entry.fields().putIfAbsent(key, value) != null) {
            throw failure(number, "'" + key + "' is given twice");
        }
        return null;
    }

    private static Map<String, String> values(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : text.contains("=") ? text.split("\\|") : text.split("\\s+")) {
            int equals = part.indexOf('=');
            String label = (equals < 0 ? part : part.substring(0, equals)).strip();
            values.put(label, equals < 0 ? label : part.substring(equals + 1).strip());
        }
        return values;
    }

    /** Gives the first of the parameters left each of its values. */
    private void expand(Entry entry, List<String> left, String name, Map<String, Value> chosen, List<Kernel> kernels) {
        if (left.isEmpty()) {
            kernels.add(kernel(entry, name, chosen));
            return;
        }
        String parameter = left.getFirst();
        entry.parameters().get(parameter).forEach((label, text) -> {
            Map<String, Value> more = new LinkedHashMap<>(chosen);
            more.put(parameter, new Value(label, text));
            expand(entry, left.subList(1, left.size()), name + "-" + label, more, kernels);
        });
    }

    private Kernel kernel(Entry entry, String name, Map<String, Value> chosen) {
        Map<String, String> fields = entry.fields();
        for (String key : List.of("observes", "unit", "units", "body")) {
            if (!fields.containsKey(key)) {
                throw failure(entry.line(), name + " has no field '" + key + "'");
            }
        }
        List<String> flags = words(fields.get("flags"));
        if (!FLAGS.containsAll(flags)) {
            throw failure(entry.line(), name + ": flags are " + String.join(", ", new java.util.TreeSet<>(FLAGS)));
        }
        List<Setting> settings = new ArrayList<>();
        words(fields.get("constants")).forEach(key -> settings.add(new Setting.OfConstant(constant(entry, key))));
        settings.addAll(forms(entry, fields.get("forms"), chosen));
        List<String> sizes = words(fields.get("sizes"));
        if (sizes.size() != 0 && sizes.size() != 2) {
            throw failure(entry.line(), name + ": sizes must be two values of {N}");
        }
        Kernel.Size small = size(entry, chosen, sizes.isEmpty() ? null : sizes.getFirst(), Kernel.sizeName(0));
        Kernel.Size large = sizes.isEmpty() ? null : size(entry, chosen, sizes.getLast(), Kernel.sizeName(1));
        double bound = fields.containsKey("bound") ? number(entry, fields.get("bound")) : 0;
        return new Kernel(name, group, fields.get("observes"), fields.get("unit"), settings, bound, flags.contains("random"),
                flags.contains("allocator"), flags.contains("marginal"), fields.getOrDefault("lacks", ""),
                small, large);
    }

    private Kernel.Size size(Entry entry, Map<String, Value> chosen, String n, String at) {
        Map<String, Value> values = new LinkedHashMap<>(chosen);
        values.put("at", new Value(at, at));
        if (n != null) {
            values.put("N", new Value(n, n));
        }
        Map<String, String> filled = new TreeMap<>();
        entry.fields().forEach((key, text) -> filled.put(key, fill(entry, text, values)));
        String[] record = filled.getOrDefault("record", "48 24").split("\\s+");
        if (record.length != 2) {
            throw failure(entry.line(), "record: takes the iterations before counting and those counted");
        }
        return new Kernel.Size(number(entry, filled.get("units")), data(entry, filled.getOrDefault("data", "zero 4096")),
                filled.getOrDefault("before", ""), filled.get("body"), filled.getOrDefault("outside", ""),
                Math.max(1, (long) number(entry, record[0])), Math.max(LEAST_COUNTED, (long) number(entry, record[1])));
    }

    private String fill(Entry entry, String text, Map<String, Value> values) {
        return HOLE.matcher(text).replaceAll(hole -> {
            Value value = values.get(hole.group(1));
            if (value == null) {
                throw failure(entry.line(), entry.name() + ": {" + hole.group(1) + "} has no value");
            }
            String with = hole.group(2) == null ? value.text() : value.label().equals(hole.group(2)) ? "1" : "0";
            return Matcher.quoteReplacement(with);
        });
    }

    private Kernel.Data data(Entry entry, String text) {
        String[] words = text.split("\\s+");
        Kernel.Data.Content content = switch (words[0]) {
            case "zero" -> Kernel.Data.Content.ZERO;
            case "random" -> Kernel.Data.Content.RANDOM;
            case "ring" -> Kernel.Data.Content.RING;
            case "paged-ring" -> Kernel.Data.Content.PAGED_RING;
            default -> throw failure(entry.line(), "data: begins with zero, random, ring or paged-ring, not '" + words[0] + "'");
        };
        boolean huge = words[words.length - 1].equals("huge");
        int numbers = words.length - 1 - (huge ? 1 : 0);
        boolean linked = content == Kernel.Data.Content.RING || content == Kernel.Data.Content.PAGED_RING;
        if (numbers != (linked ? 2 : 1)) {
            throw failure(entry.line(), "data: " + words[0] + " takes its bytes" + (linked ? " and a stride" : "") + ", not '" + text + "'");
        }
        return new Kernel.Data(content, (long) number(entry, words[1]), linked ? (long) number(entry, words[2]) : 1, huge);
    }

    private Constant constant(Entry entry, String key) {
        return Arrays.stream(Constant.values()).filter(c -> c.key().equals(key)).findFirst()
                .orElseThrow(() -> failure(entry.line(), "constants: '" + key + "' is no constant"));
    }

    /** Reads {@code INSTRUCTION : PART...}: the parts of an instruction form's timing that the kernel shows. */
    private List<Setting> forms(Entry entry, String text, Map<String, Value> chosen) {
        if (text == null) {
            return List.of();
        }
        String[] sides = fill(entry, text, chosen).split(" : ");
        if (sides.length != 2) {
            throw failure(entry.line(), "forms: takes an instruction, ' : ', and parts of its timing");
        }
        String form = form(entry, sides[0].strip());
        return words(sides[1].strip()).stream().<Setting>map(part -> new Setting.OfForm(form, part(entry, part))).toList();
    }

    private FormTiming.Part part(Entry entry, String key) {
        return Arrays.stream(FormTiming.Part.values()).filter(p -> p.key().equals(key)).findFirst()
                .orElseThrow(() -> failure(entry.line(), "forms: '" + key + "' is no part of a timing"));
    }

    /** Mnemonic and operand kinds of an instruction in Intel syntax, as {@code instructions.json} has them. */
    private String form(Entry entry, String instruction) {
        String[] words = instruction.split("\\s+", 2);
        if (words.length == 1) {
            return words[0];
        }
        List<String> kinds = new ArrayList<>();
        for (String operand : words[1].split(",")) {
            kinds.add(OPERANDS.entrySet().stream().filter(kind -> operand.strip().matches(kind.getValue())).map(Map.Entry::getKey)
                    .findFirst().orElseThrow(() -> failure(entry.line(), "forms: '" + operand.strip() + "' is no operand")));
        }
        return words[0] + " " + String.join(",", kinds);
    }

    private static List<String> words(String text) {
        return text == null ? List.of() : List.of(text.split("\\s+"));
    }

    /** The value of numbers joined by + and -, which join products and quotients, from left to right. */
    private double number(Entry entry, String expression) {
        try {
            double sum = 0;
            for (String term : expression.split("(?=[+-])")) {
                double product = 1;
                boolean divide = false;
                for (String part : term.replaceFirst("^[+-]", "").split("(?=[*/])|(?<=[*/])")) {
                    if (part.equals("*") || part.equals("/")) {
                        divide = part.equals("/");
                    } else {
                        double factor = Double.parseDouble(part.strip());
                        product = divide ? product / factor : product * factor;
                    }
                }
                sum += term.startsWith("-") ? -product : product;
            }
            return sum;
        } catch (NumberFormatException e) {
            throw failure(entry.line(), String.format(Locale.ROOT, "'%s' is not a number", expression));
        }
    }

    private CalibrationException failure(int line, String what) {
        return new CalibrationException("kernels/" + group + ".txt, line " + line + ": " + what);
    }
}
