package io.tapstack.packetdrill.call;

import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The {@code msg_control} of a script: a list of <code>{cmsg_level=..., cmsg_type=..., cmsg_data=...}</code>. To send,
 * it is encoded as {@code struct cmsghdr}; received messages are compared with it one by one. Data is an int, a
 * {@code struct sock_extended_err} (the fields that begin with {@code ee_}), a time ({@code scm_sec} and
 * {@code scm_nsec}, or {@code tv_sec} and {@code tv_usec} or {@code tv_nsec}), or {@code ...}. A time is one of the
 * script's clock.
 */
final class ControlMessages {

    /** Room for the messages of a call. */
    static final int ROOM = 512;

    private static final int HEADER_BYTES = 16;
    private static final int SCM_TIMESTAMPING_BYTES = 48;
    private static final int TIME_BYTES = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final CallArguments arguments;
    private final List<Expression> expected;

    private ControlMessages(final CallArguments arguments, final List<Expression> expected) {
        this.arguments = arguments;
        this.expected = expected;
    }

    /** The messages of a {@code struct msghdr} in a script, or null if it has none. */
    static @Nullable ControlMessages of(final CallArguments arguments, final Expression.Struct message)
            throws ScriptException {
        final Expression control = message.field("msg_control");
        if (control == null || control instanceof Expression.Ellipsis) {
            return null;
        }
        if (control instanceof Expression.Array array) {
            return new ControlMessages(arguments, array.elements());
        }
        throw arguments.error("expected msg_control=[{cmsg_level=..., cmsg_type=..., cmsg_data=...}], not " + control);
    }

    // ---- Out

    /** The bytes to send. */
    byte[] encode() throws ScriptException {
        final ByteBuffer bytes = bytes(expected.size() * (HEADER_BYTES + SCM_TIMESTAMPING_BYTES));
        for (final Expression each : expected) {
            final Expression.Struct message = arguments.struct(each);
            final byte[] data = encode(arguments.field(message, "cmsg_data"));
            bytes.putLong(HEADER_BYTES + data.length)
                    .putInt((int) arguments.value(arguments.field(message, "cmsg_level")))
                    .putInt((int) arguments.value(arguments.field(message, "cmsg_type")))
                    .put(data)
                    .position(aligned(bytes.position()));
        }
        final byte[] encoded = new byte[bytes.position()];
        bytes.get(0, encoded);
        return encoded;
    }

    private byte[] encode(final Expression data) throws ScriptException {
        if (data instanceof Expression.Struct struct) {
            throw arguments.error("only a number can be sent as cmsg_data, not " + struct);
        }
        return bytes(Integer.BYTES).putInt((int) arguments.value(data)).array();
    }

    // ---- In

    /**
     * Compares received messages with those that the script expects.
     *
     * @param control msg_control after the call, cleared behind the last message
     * @param scriptNanos from the times of messages, in nanoseconds, to the script's clock
     * @param toleranceMicros the tolerance of a time
     */
    void check(final byte[] control, final LongUnaryOperator scriptNanos, final long toleranceMicros)
            throws ScriptException {
        final List<ByteBuffer> received = messages(control);
        for (int i = 0; i < Math.min(received.size(), expected.size()); i++) {
            if (!(expected.get(i) instanceof Expression.Ellipsis)) {
                check(arguments.struct(expected.get(i)), received.get(i), scriptNanos, toleranceMicros);
            }
        }
        if (received.size() != expected.size()) {
            throw arguments.error("expected " + expected.size() + " control messages but got " + received.size()
                    + (received.isEmpty() ? "" : ", the last one " + text(received.get(received.size() - 1))));
        }
    }

    /** Each message from its level on. */
    private static List<ByteBuffer> messages(final byte[] control) {
        final List<ByteBuffer> messages = new ArrayList<>();
        final ByteBuffer all = ByteBuffer.wrap(control).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at + HEADER_BYTES <= control.length) {
            final long length = all.getLong(at);
            if (length < HEADER_BYTES || length > control.length - at) {
                break;
            }
            messages.add(all.slice(at + Long.BYTES, (int) length - Long.BYTES).order(ByteOrder.nativeOrder()));
            at = aligned(at + (int) length);
        }
        return messages;
    }

    private void check(
            final Expression.Struct wanted,
            final ByteBuffer message,
            final LongUnaryOperator scriptNanos,
            final long toleranceMicros)
            throws ScriptException {
        compare("cmsg_level", arguments.value(arguments.field(wanted, "cmsg_level")), message.getInt(), message);
        compare("cmsg_type", arguments.value(arguments.field(wanted, "cmsg_type")), message.getInt(), message);
        final Expression data = arguments.field(wanted, "cmsg_data");
        if (data instanceof Expression.Ellipsis) {
            return;
        }
        final ByteBuffer actual = message.slice().order(ByteOrder.nativeOrder());
        if (!(data instanceof Expression.Struct struct)) {
            if (actual.remaining() != Integer.BYTES && actual.remaining() != Byte.BYTES) {
                throw arguments.error("expected a number as cmsg_data but got " + text(message));
            }
            final long value = actual.remaining() == Byte.BYTES ? actual.get(0) & 0xFF : actual.getInt(0);
            compare("cmsg_data", (int) arguments.value(data), value, message);
        } else if (struct.field("scm_sec") != null) {
            requireLength(SCM_TIMESTAMPING_BYTES, actual, message);
            checkTime(struct, "scm_sec", "scm_nsec", 1, actual, scriptNanos, toleranceMicros);
        } else if (struct.field("tv_usec") != null) {
            requireLength(TIME_BYTES, actual, message);
            checkTime(struct, "tv_sec", "tv_usec", NANOS_PER_MICRO, actual, scriptNanos, toleranceMicros);
        } else if (struct.field("tv_nsec") != null) {
            requireLength(TIME_BYTES, actual, message);
            checkTime(struct, "tv_sec", "tv_nsec", 1, actual, scriptNanos, toleranceMicros);
        } else {
            checkError(struct, actual, message);
        }
    }

    private void requireLength(final int bytes, final ByteBuffer data, final ByteBuffer message)
            throws ScriptException {
        if (data.remaining() < bytes) {
            throw arguments.error("expected " + bytes + " bytes of cmsg_data but got " + text(message));
        }
    }

    private void checkTime(
            final Expression.Struct wanted,
            final String seconds,
            final String fraction,
            final long fractionNanos,
            final ByteBuffer data,
            final LongUnaryOperator scriptNanos,
            final long toleranceMicros)
            throws ScriptException {
        final long time = arguments.value(arguments.field(wanted, seconds)) * NANOS_PER_SECOND
                + arguments.value(arguments.field(wanted, fraction)) * fractionNanos;
        final long actual =
                scriptNanos.applyAsLong(data.getLong(0) * NANOS_PER_SECOND + data.getLong(Long.BYTES) * fractionNanos);
        if (Math.abs(actual - time) > toleranceMicros * NANOS_PER_MICRO) {
            throw arguments.error("expected " + wanted + " but the time was "
                    + String.format(Locale.ROOT, "%.9f", (double) actual / NANOS_PER_SECOND) + " sec of the script");
        }
    }

    /** {@code struct sock_extended_err}; a field that the script leaves out is not compared. */
    private void checkError(final Expression.Struct wanted, final ByteBuffer data, final ByteBuffer message)
            throws ScriptException {
        requireLength(TIME_BYTES, data, message);
        for (final Expression.Field field : wanted.fields()) {
            final String name = String.valueOf(field.name());
            final long actual =
                    switch (name) {
                        case "ee_errno" -> data.getInt(0);
                        case "ee_origin" -> data.get(4) & 0xFF;
                        case "ee_type" -> data.get(5) & 0xFF;
                        case "ee_code" -> data.get(6) & 0xFF;
                        case "ee_info" -> Integer.toUnsignedLong(data.getInt(8));
                        case "ee_data" -> Integer.toUnsignedLong(data.getInt(12));
                        default -> throw arguments.error("no such cmsg_data: " + wanted);
                    };
            if (!(field.value() instanceof Expression.Ellipsis)) {
                compare(name, arguments.value(field.value()), actual, message);
            }
        }
    }

    private void compare(final String what, final long wanted, final long actual, final ByteBuffer message)
            throws ScriptException {
        if (wanted != actual) {
            throw arguments.error("expected " + what + " " + wanted + " but got " + actual + " in " + text(message));
        }
    }

    private static String text(final ByteBuffer message) {
        final ByteBuffer bytes =
                message.duplicate().order(ByteOrder.nativeOrder()).rewind();
        final StringBuilder text =
                new StringBuilder("{cmsg_level=" + bytes.getInt() + ", cmsg_type=" + bytes.getInt() + ", cmsg_data=");
        while (bytes.hasRemaining()) {
            text.append(String.format("%02x", bytes.get()));
        }
        return text.append('}').toString();
    }

    private static int aligned(final int position) {
        return (position + Long.BYTES - 1) & -Long.BYTES;
    }

    private static ByteBuffer bytes(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    }
}
