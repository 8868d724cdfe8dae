package io.tapstack.packetdrill.call;

import static io.tapstack.packetdrill.call.Calls.exact;

import io.tapstack.packetdrill.call.Calls.Handler;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options and settings: getsockopt, setsockopt, fcntl, ioctl. */
final class OptionCalls {

    private final Calls calls;
    private final SystemCalls system;

    OptionCalls(final Calls calls) {
        this.calls = calls;
        this.system = calls.system();
    }

    void register(final Map<String, Handler> handlers) {
        handlers.put("getsockopt", this::get);
        handlers.put("setsockopt", this::set);
        handlers.put("fcntl", this::fcntl);
        handlers.put("ioctl", this::ioctl);
    }

    /** {@code setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4)}. */
    private PreparedCall set(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 5, 5);
        final int fd = calls.descriptor(arguments.integer(0));
        final int level = arguments.integer(1);
        final int name = arguments.integer(2);
        final byte[] value = encode(arguments, arguments.get(3));
        final byte[] given = Arrays.copyOf(value, arguments.isEllipsis(4) ? value.length : arguments.integer(4));
        return exact(call, line, () -> system.setOption(fd, level, name, given));
    }

    private static byte[] encode(final CallArguments arguments, final Expression value) throws ScriptException {
        if (value instanceof Expression.Array array) {
            if (array.elements().size() == 1) {
                return encode(arguments, array.elements().get(0));
            }
            final ByteBuffer ints = bytes(Integer.BYTES * array.elements().size());
            for (final Expression element : array.elements()) {
                ints.putInt((int) arguments.value(element));
            }
            return ints.array();
        }
        if (value instanceof Expression.Text text) {
            return text.value().getBytes(StandardCharsets.ISO_8859_1);
        }
        if (value instanceof Expression.Struct struct) {
            if (struct.field("onoff") != null) {
                return bytes(8).putInt((int) arguments.value(arguments.field(struct, "onoff")))
                        .putInt((int) arguments.value(arguments.field(struct, "linger")))
                        .array();
            }
            if (struct.field("tv_sec") != null) {
                return bytes(16)
                        .putLong(arguments.value(arguments.field(struct, "tv_sec")))
                        .putLong(arguments.value(arguments.field(struct, "tv_usec")))
                        .array();
            }
            throw arguments.error("no such structure: " + struct);
        }
        return bytes(Integer.BYTES).putInt((int) arguments.value(value)).array();
    }

    /** {@code getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4])}. */
    private PreparedCall get(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 5, 5);
        final int fd = calls.descriptor(arguments.integer(0));
        final int level = arguments.integer(1);
        final int name = arguments.integer(2);
        final Expression expected = arguments.get(3);
        final Expression length = arguments.bracketed(4);
        final byte[] value = new byte[length == null ? 256 : arguments.length((int) arguments.value(length))];
        final long[] answer = new long[1];
        return exact(
                call,
                line,
                () -> {
                    answer[0] = system.getOption(fd, level, name, value);
                    return Math.min(0, answer[0]);
                },
                result -> {
                    if (result == 0 && !(expected instanceof Expression.Ellipsis)) {
                        compare(arguments, expected, Arrays.copyOf(value, (int) answer[0]));
                    }
                });
    }

    private static void compare(final CallArguments arguments, final Expression expected, final byte[] actual)
            throws ScriptException {
        if (expected instanceof Expression.Array array
                && array.elements().size() == 1
                && array.elements().get(0) instanceof Expression.Ellipsis) {
            return;
        }
        final byte[] wanted = encode(arguments, expected);
        if (expected instanceof Expression.Text text) {
            final String found = new String(actual, StandardCharsets.ISO_8859_1).replaceAll("\0.*", "");
            if (!found.equals(text.value())) {
                throw arguments.error("expected " + text + " but got \"" + found + '"');
            }
        } else if (!Arrays.equals(wanted, Arrays.copyOf(actual, wanted.length))) {
            throw arguments.error("expected " + expected + " but got " + ints(actual));
        }
    }

    private static String ints(final byte[] value) {
        final ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
        final StringBuilder text = new StringBuilder("[");
        while (bytes.remaining() >= Integer.BYTES) {
            text.append(text.length() > 1 ? ", " : "").append(bytes.getInt());
        }
        return text.append(']').toString();
    }

    private PreparedCall fcntl(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 2, 3);
        final int fd = calls.descriptor(arguments.integer(0));
        final int command = arguments.integer(1);
        final int argument = arguments.count() > 2 ? arguments.integer(2) : 0;
        return exact(call, line, () -> system.fcntl(fd, command, argument));
    }

    /** {@code ioctl(4, SIOCINQ, [1000])}. */
    private PreparedCall ioctl(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final int fd = calls.descriptor(arguments.integer(0));
        final long request = arguments.number(1);
        final @Nullable Expression expected = arguments.bracketed(2);
        final int[] value = new int[1];
        return exact(call, line, () -> system.ioctl(fd, request, value), result -> {
            if (result == 0 && expected != null && arguments.value(expected) != value[0]) {
                throw arguments.error("expected " + expected + " but got " + value[0]);
            }
        });
    }

    private static ByteBuffer bytes(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    }
}
