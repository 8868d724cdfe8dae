package io.tapstack.packetdrill.assertion;

import io.tapstack.packetdrill.script.ScriptException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs the code of a script. Upstream it is Python; here it is the part that scripts use: {@code assert}, {@code print}
 * and assignments over {@link Formula}s. Other code is reported as unsupported. Variables last until the script ends.
 */
public final class Assertions {

    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z_]\\w*)\\s*([-+*/|&]?)=(?!=)\\s*(.*)");
    private static final Pattern PRINT = Pattern.compile("print\\s*\\((.*)\\)");
    private static final Pattern ASSERT = Pattern.compile("assert\\b\\s*(.*)");

    private final Map<String, Double> variables = new HashMap<>();
    private final Consumer<String> log;

    /** @param log receives the output of print */
    public Assertions(final Consumer<String> log) {
        this.log = log;
    }

    /**
     * Runs {@code code}.
     *
     * @param fields the present state of the connection
     * @throws ScriptException if an assertion fails, or the code is not supported
     */
    public void run(final String code, final int line, final Map<String, Double> fields) throws ScriptException {
        variables.putAll(fields);
        int at = line;
        for (final String row : code.split("\n", -1)) {
            for (final String statement : row.replaceAll("#.*", "").split(";", -1)) {
                if (!statement.isBlank()) {
                    execute(statement.strip(), at);
                }
            }
            at++;
        }
    }

    private void execute(final String statement, final int line) throws ScriptException {
        final Matcher assertion = ASSERT.matcher(statement);
        if (assertion.matches()) {
            verify(assertion.group(1), line);
            return;
        }
        final Matcher print = PRINT.matcher(statement);
        if (print.matches()) {
            log.accept(print.group(1).strip() + " is " + Formula.text(value(print.group(1), line)));
            return;
        }
        final Matcher assignment = ASSIGNMENT.matcher(statement);
        if (!assignment.matches()) {
            throw ScriptException.unsupported(line, "code: " + statement);
        }
        final String operator = assignment.group(2);
        final String right = operator.isEmpty()
                ? assignment.group(3)
                : assignment.group(1) + operator + "(" + assignment.group(3) + ")";
        variables.put(assignment.group(1), value(right, line));
    }

    private double value(final String text, final int line) throws ScriptException {
        final Formula formula = new Formula(text, variables, line);
        final double value = formula.value();
        formula.requireEnd();
        return value;
    }

    private void verify(final String text, final int line) throws ScriptException {
        final Formula formula = new Formula(text, variables, line);
        final boolean holds = formula.value() != 0;
        final String condition = formula.requireEndOrMessage();
        if (!holds) {
            final Set<String> names = new LinkedHashSet<>(formula.namesUsed());
            names.removeIf(name -> !name.startsWith("tcpi_") && Formula.isConstant(name));
            final String values = names.stream()
                    .map(name -> name + " is " + Formula.text(variables.getOrDefault(name, 0.0)))
                    .collect(Collectors.joining(", "));
            throw new ScriptException(line, "assertion failed: " + condition + " (" + values + ")");
        }
    }
}
