package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.Expression.Field;
import io.tapstack.packetdrill.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Parses arguments and results of system calls. */
final class ExpressionParser {

    private final Tokens tokens;

    ExpressionParser(final Tokens tokens) {
        this.tokens = tokens;
    }

    /** {@code (a, b, ...)}. */
    List<Expression> arguments() throws ScriptException {
        tokens.expect("(");
        return list(")");
    }

    private List<Expression> list(final String close) throws ScriptException {
        final List<Expression> list = new ArrayList<>();
        if (tokens.take(close)) {
            return list;
        }
        do {
            list.add(expression());
        } while (tokens.take(","));
        tokens.expect(close);
        return List.copyOf(list);
    }

    Expression expression() throws ScriptException {
        Expression left = operand();
        while (tokens.take("|")) {
            left = new Expression.Or(left, operand());
        }
        return left;
    }

    private Expression operand() throws ScriptException {
        final Token token = tokens.peek();
        switch (token.kind()) {
            case ELLIPSIS -> {
                tokens.next();
                return new Expression.Ellipsis();
            }
            case INTEGER, HEX -> {
                tokens.next();
                return new Expression.Number(token.number());
            }
            case STRING -> {
                return text();
            }
            case WORD -> {
                tokens.next();
                return tokens.isNext("(")
                        ? new Expression.Function(token.text(), arguments())
                        : new Expression.Word(token.text());
            }
            default -> {
                if (tokens.take("[")) {
                    return new Expression.Array(list("]"));
                }
                if (tokens.take("{")) {
                    return struct();
                }
                if (tokens.take("&")) {
                    // strace's inet_pton(AF_INET6, "::1", &sin6_addr).
                    return new Expression.Word(
                            "&" + tokens.expect(Kind.WORD, "a name").text());
                }
                throw tokens.error("an argument");
            }
        }
    }

    /** Strings in a row are one; an ellipsis behind them allows more. */
    private Expression text() throws ScriptException {
        final StringBuilder text = new StringBuilder();
        while (tokens.isNext(Kind.STRING)) {
            text.append(Escapes.decode(tokens.next()));
        }
        if (tokens.isNext(Kind.ELLIPSIS)) {
            tokens.next();
        }
        return new Expression.Text(text.toString());
    }

    private Expression struct() throws ScriptException {
        final List<Field> fields = new ArrayList<>();
        if (tokens.take("}")) {
            return new Expression.Struct(fields);
        }
        do {
            fields.add(field());
        } while (tokens.take(","));
        tokens.expect("}");
        return new Expression.Struct(List.copyOf(fields));
    }

    private Field field() throws ScriptException {
        final Expression first = expression();
        if (!tokens.take("=")) {
            return new Field(null, first);
        }
        if (first instanceof Expression.Word word) {
            return new Field(word.name(), expression());
        }
        if (first instanceof Expression.Function function) {
            return new Field(function.name(), expression());
        }
        throw tokens.error("the name of a field in front of '='");
    }
}
