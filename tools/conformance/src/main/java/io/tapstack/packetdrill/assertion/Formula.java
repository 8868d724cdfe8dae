package io.tapstack.packetdrill.assertion;

import io.tapstack.packetdrill.call.Symbols;
import io.tapstack.packetdrill.script.ScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An expression of Python over numbers: {@code or and not}, chained comparisons, {@code | ^ & << >> + - * / // % ~},
 * brackets, {@code abs min max}, numbers, variables and Linux's constants. It is evaluated while it is parsed; true is
 * 1 and false 0, as in Python.
 */
final class Formula {

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(0[xX][0-9a-fA-F]+|[0-9]*\\.?[0-9]+|[A-Za-z_]\\w*|\"[^\"]*\"|'[^']*'|==|!=|<=|>=|<<|>>|//|.)");

    private final String text;
    private final Map<String, Double> variables;
    private final int line;
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final List<String> namesUsed = new ArrayList<>();
    private int at;

    Formula(final String text, final Map<String, Double> variables, final int line) {
        this.text = text.strip();
        this.variables = variables;
        this.line = line;
        final Matcher matcher = TOKEN.matcher(this.text);
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            ends.add(matcher.end());
            matcher.region(matcher.end(), this.text.length());
        }
    }

    /** Evaluates. */
    double value() throws ScriptException {
        return either();
    }

    /** Requires the end behind the expression. */
    void requireEnd() throws ScriptException {
        if (at < tokens.size()) {
            throw unsupported();
        }
    }

    /**
     * Allows a comma and a message behind the expression.
     *
     * @return the expression's text
     */
    String requireEndOrMessage() throws ScriptException {
        if (at < tokens.size() && !tokens.get(at).equals(",")) {
            throw unsupported();
        }
        return text.substring(0, at == 0 ? 0 : ends.get(at - 1));
    }

    /** The variables that were used. */
    List<String> namesUsed() {
        return namesUsed;
    }

    static boolean isConstant(final String name) {
        return Symbols.constant(name).isPresent();
    }

    static String text(final double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    // ---- From the loosest operator to the tightest

    private double either() throws ScriptException {
        double value = both();
        while (take("or")) {
            final double other = both();
            value = value != 0 ? value : other;
        }
        return value;
    }

    private double both() throws ScriptException {
        double value = negation();
        while (take("and")) {
            final double other = negation();
            value = value == 0 ? value : other;
        }
        return value;
    }

    private double negation() throws ScriptException {
        return take("not") ? bool(negation() == 0) : comparison();
    }

    private double comparison() throws ScriptException {
        double left = bitwiseOr();
        boolean holds = true;
        boolean any = false;
        while (at < tokens.size() && List.of("==", "!=", "<=", ">=", "<", ">").contains(tokens.get(at))) {
            final String operator = tokens.get(at++);
            final double right = bitwiseOr();
            holds &= switch (operator) {
                case "==" -> left == right;
                case "!=" -> left != right;
                case "<=" -> left <= right;
                case ">=" -> left >= right;
                case "<" -> left < right;
                default -> left > right;
            };
            left = right;
            any = true;
        }
        return any ? bool(holds) : left;
    }

    private double bitwiseOr() throws ScriptException {
        double value = exclusiveOr();
        while (take("|")) {
            value = (long) value | (long) exclusiveOr();
        }
        return value;
    }

    private double exclusiveOr() throws ScriptException {
        double value = bitwiseAnd();
        while (take("^")) {
            value = (long) value ^ (long) bitwiseAnd();
        }
        return value;
    }

    private double bitwiseAnd() throws ScriptException {
        double value = shift();
        while (take("&")) {
            value = (long) value & (long) shift();
        }
        return value;
    }

    private double shift() throws ScriptException {
        double value = sum();
        while (true) {
            if (take("<<")) {
                value = (long) value << (long) sum();
            } else if (take(">>")) {
                value = (long) value >> (long) sum();
            } else {
                return value;
            }
        }
    }

    private double sum() throws ScriptException {
        double value = product();
        while (true) {
            if (take("+")) {
                value += product();
            } else if (take("-")) {
                value -= product();
            } else {
                return value;
            }
        }
    }

    private double product() throws ScriptException {
        double value = sign();
        while (true) {
            if (take("*")) {
                value *= sign();
            } else if (take("//")) {
                value = Math.floor(value / sign());
            } else if (take("/")) {
                value /= sign();
            } else if (take("%")) {
                final double divisor = sign();
                value -= divisor * Math.floor(value / divisor);
            } else {
                return value;
            }
        }
    }

    private double sign() throws ScriptException {
        if (take("-")) {
            return -sign();
        }
        if (take("~")) {
            return ~(long) sign();
        }
        return take("+") ? sign() : operand();
    }

    private double operand() throws ScriptException {
        if (at >= tokens.size()) {
            throw unsupported();
        }
        final String token = tokens.get(at++);
        if (token.equals("(")) {
            final double value = either();
            expect(")");
            return value;
        }
        if (Character.isDigit(token.charAt(0)) || token.charAt(0) == '.' && token.length() > 1) {
            return token.startsWith("0x") || token.startsWith("0X") ? Long.decode(token) : Double.parseDouble(token);
        }
        return switch (token) {
            case "True" -> 1;
            case "False" -> 0;
            case "abs" -> Math.abs(arguments(1, 1).get(0));
            case "min" -> arguments(2, 99).stream().min(Double::compare).orElseThrow();
            case "max" -> arguments(2, 99).stream().max(Double::compare).orElseThrow();
            default -> variable(token);
        };
    }

    private List<Double> arguments(final int least, final int most) throws ScriptException {
        expect("(");
        final List<Double> values = new ArrayList<>();
        do {
            values.add(either());
        } while (take(","));
        expect(")");
        if (values.size() < least || values.size() > most) {
            throw unsupported();
        }
        return values;
    }

    private double variable(final String name) throws ScriptException {
        final Double variable = variables.get(name);
        if (variable != null) {
            namesUsed.add(name);
            return variable;
        }
        final OptionalLong constant = Symbols.constant(name);
        if (constant.isEmpty()) {
            throw ScriptException.unsupported(line, "code: nothing is called " + name);
        }
        return constant.getAsLong();
    }

    private boolean take(final String token) {
        if (at < tokens.size() && tokens.get(at).equals(token)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(final String token) throws ScriptException {
        if (!take(token)) {
            throw unsupported();
        }
    }

    private static double bool(final boolean value) {
        return value ? 1 : 0;
    }

    private ScriptException unsupported() {
        return ScriptException.unsupported(line, "code: " + text);
    }
}
