package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.Script.Option;
import io.tapstack.packetdrill.script.Script.Statement;
import io.tapstack.packetdrill.script.Token.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Parses a script, by recursive descent:
 *
 * <pre>
 *   script:  option* [command] event+ [command]
 *   event:   time (packet | call | command | code)
 *   time:    ['+'] seconds ['~' ['+'] seconds] | '*'
 *   call:    ['...' seconds] name '(' [argument (',' argument)*] ')' '=' result [errno '(' words ')']
 * </pre>
 */
final class ScriptParser {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private AddressMode mode;
    private PacketParser packets;

    /** @param mode of a script that has no option for it */
    ScriptParser(final Tokens tokens, final AddressMode mode) {
        this.tokens = tokens;
        this.mode = mode;
        this.packets = new PacketParser(tokens, mode);
        this.expressions = new ExpressionParser(tokens);
    }

    List<Option> options() throws ScriptException {
        final List<Option> options = new ArrayList<>();
        while (tokens.isNext(Kind.OPTION)) {
            options.add(option());
        }
        return List.copyOf(options);
    }

    Script script() throws ScriptException {
        final List<Option> options = options();
        tokens.defineElse(mode.words());
        packets = new PacketParser(tokens, mode);
        final Optional<Statement> init = command();
        final List<Event> events = new ArrayList<>();
        while (!tokens.isNext(Kind.END) && !tokens.isNext(Kind.COMMAND)) {
            events.add(event());
        }
        final Optional<Statement> cleanup = command();
        if (!tokens.isNext(Kind.END)) {
            throw tokens.error("a time");
        }
        if (events.isEmpty()) {
            throw new ScriptException(tokens.line(), "there is no event in this script");
        }
        return new Script(options, init, List.copyOf(events), cleanup);
    }

    private Option option() throws ScriptException {
        final Token name = tokens.next();
        final StringBuilder value = new StringBuilder();
        if (tokens.isNext("=") && tokens.line() == name.line()) {
            tokens.next();
            while (tokens.line() == name.line() && !tokens.isNext(Kind.END)) {
                final Token part = tokens.next();
                value.append(
                        part.is(Kind.STRING) && value.length() > 0
                                ? '"' + part.text() + '"'
                                : part.is(Kind.COMMAND) ? '`' + part.text() + '`' : part.text());
            }
        }
        final Option option = new Option(name.line(), name.text().substring(2), value.toString());
        if (option.name().equals("define")) {
            define(option);
        } else if (option.name().equals("ip_version")) {
            // A bad value is an error when the options are applied.
            mode = AddressMode.of(option.value()).orElse(mode);
        }
        return option;
    }

    private void define(final Option option) throws ScriptException {
        final int equals = option.value().indexOf('=');
        if (equals < 1) {
            throw new ScriptException(option.line(), "--define needs SYMBOL=VALUE");
        }
        tokens.define(option.value().substring(0, equals), option.value().substring(equals + 1));
    }

    private Optional<Statement> command() throws ScriptException {
        if (!tokens.isNext(Kind.COMMAND)) {
            return Optional.empty();
        }
        final Token command = tokens.next();
        return Optional.of(new Statement(command.line(), command.text()));
    }

    // ---- Events

    private Event event() throws ScriptException {
        final int line = tokens.line();
        final EventTime time = time();
        final Action action = action();
        final boolean outbound =
                action instanceof Action.Packet packet && !packet.packet().inbound();
        if (time.kind() != EventTime.Kind.POINT && !outbound) {
            throw new ScriptException(
                    line,
                    "event time " + (time.kind() == EventTime.Kind.ANY ? "*" : "range")
                            + " can only be used with packets from the stack");
        }
        return new Event(line, time, action);
    }

    private EventTime time() throws ScriptException {
        if (tokens.take("*")) {
            return EventTime.ANY;
        }
        final int line = tokens.line();
        final boolean relative = tokens.take("+");
        final long start = seconds();
        if (!tokens.take("~")) {
            return EventTime.at(relative, start);
        }
        if (relative) {
            tokens.expect("+");
        }
        final long end = seconds();
        if (end < start) {
            throw new ScriptException(line, "time range is backwards");
        }
        return EventTime.between(relative, start, end);
    }

    private long seconds() throws ScriptException {
        if (!tokens.isNext(Kind.FLOAT) && !tokens.isNext(Kind.INTEGER)) {
            throw tokens.error("a time in seconds");
        }
        final Token token = tokens.next();
        final BigDecimal seconds = new BigDecimal(token.text());
        if (seconds.signum() < 0) {
            throw new ScriptException(token.line(), "negative time");
        }
        return seconds.multiply(MICROS_PER_SECOND).longValue();
    }

    private Action action() throws ScriptException {
        if (tokens.isNext("<") || tokens.isNext(">")) {
            return new Action.Packet(packets.packet());
        }
        if (tokens.isNext(Kind.COMMAND)) {
            return new Action.Command(tokens.next().text());
        }
        if (tokens.isNext(Kind.CODE)) {
            return new Action.Code(tokens.next().text().strip());
        }
        if (tokens.isNext(Kind.WORD) || tokens.isNext(Kind.ELLIPSIS)) {
            return call();
        }
        throw tokens.error("a packet, a system call, a command or code");
    }

    private Action call() throws ScriptException {
        OptionalLong end = OptionalLong.empty();
        if (tokens.isNext(Kind.ELLIPSIS)) {
            tokens.next();
            end = OptionalLong.of(seconds());
        }
        final String name =
                tokens.expect(Kind.WORD, "the name of a system call").text();
        final List<Expression> arguments = expressions.arguments();
        tokens.expect("=");
        final Expression result = expressions.expression();
        final String errno = tokens.isNext(Kind.WORD) ? tokens.next().text() : null;
        if (tokens.isNext("(")) {
            skipNote();
        }
        return call(end, name, arguments, result, errno);
    }

    private static Action call(
            final OptionalLong end,
            final String name,
            final List<Expression> arguments,
            final Expression result,
            final @Nullable String errno) {
        return new Action.Call(end, name, arguments, result, errno);
    }

    /** strace's explanation of a result is for people. */
    private void skipNote() throws ScriptException {
        tokens.expect("(");
        while (!tokens.take(")")) {
            if (tokens.isNext(Kind.END)) {
                throw tokens.error("')'");
            }
            tokens.next();
        }
    }
}
