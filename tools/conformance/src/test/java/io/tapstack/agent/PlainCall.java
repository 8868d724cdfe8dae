package io.tapstack.agent;

import io.tapstack.agent.AgentClient.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.StringJoiner;

/**
 * A call in one line: its name, its numbers in decimal, addresses as {@code a.b.c.d:port} or {@code [a:b::c]:port},
 * bytes in hexadecimal, {@code -} for none. Entries of poll are {@code fd/events}. The answer is the result, or the
 * negative errno, and the call's output; a dynamic port is {@code *}.
 */
final class PlainCall {

    private static final int FIRST_DYNAMIC_PORT = 32_768;
    private static final int POLLFD_BYTES = 8;
    private static final int EPOLL_EVENT_BYTES = 12;

    private final AgentCalls client;
    private final String[] words;

    PlainCall(final AgentCalls client, final String line) {
        this.client = client;
        this.words = line.split(" ");
    }

    /** Makes the call. */
    String answer() throws IOException {
        return switch (words[0]) {
            case "socket" -> result(client.call(2, number(1), number(2), number(3)));
            case "bind" -> result(client.call(3, number(1), 0, 0, 0, address(2)));
            case "listen" -> result(client.call(4, number(1), number(2)));
            case "accept" -> accepted(client.call(5, number(1), number(2)));
            case "connect" -> result(client.call(6, number(1), 0, 0, 0, address(2)));
            case "disconnect" -> result(client.call(6, number(1), 0, 0, 0, new byte[2]));
            case "recv" -> received(client.call(7, number(1), number(2), number(3)));
            case "send" -> result(send());
            case "recvmsg" -> message(client.call(25, number(1), number(2), number(3), number(4), new byte[0]));
            case "sendmsg" -> result(sendMessage());
            case "close" -> result(client.call(9, number(1)));
            case "shutdown" -> result(client.call(10, number(1), number(2)));
            case "getsockopt" -> withBytes(client.call(11, number(1), number(2), number(3), number(4)));
            case "setsockopt" -> result(client.call(12, number(1), number(2), number(3), 0, bytes(4)));
            case "fcntl" -> result(client.call(13, number(1), number(2), number(3)));
            case "poll" -> polled();
            case "ioctl" -> told(client.call(19, number(1), number(2)));
            case "epoll_create" -> result(client.call(20, number(1)));
            case "epoll_ctl" -> result(client.call(21, number(1), number(2), number(3), 0, event()));
            case "epoll_wait" -> waited(client.call(22, number(1), number(2), number(3)));
            case "name" -> named(client.call(23, number(1), number(2)));
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    // ---- Arguments

    private long number(final int index) {
        return index < words.length ? Long.parseLong(words[index]) : 0;
    }

    private byte[] bytes(final int index) {
        return "-".equals(words[index]) ? new byte[0] : HexFormat.of().parseHex(words[index]);
    }

    private byte[] address(final int index) {
        final String word = words[index];
        final int colon = word.lastIndexOf(':');
        final String address = word.substring(0, colon).replaceAll("[\\[\\]]", "");
        return AgentClient.address(address, Integer.parseInt(word.substring(colon + 1)));
    }

    private byte[] event() {
        return ByteBuffer.allocate(EPOLL_EVENT_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) number(4))
                .putLong(number(5))
                .array();
    }

    private Answer send() throws IOException {
        final byte[] data = bytes(2);
        if (words.length <= 4) {
            return client.call(8, number(1), data.length, number(3), 0, data);
        }
        final byte[] to = address(4);
        final ByteBuffer blob =
                ByteBuffer.allocate(to.length + data.length).put(to).put(data);
        return client.call(8, number(1), data.length, number(3), to.length, blob.array());
    }

    private Answer sendMessage() throws IOException {
        final byte[] data = bytes(2);
        final byte[] to = "-".equals(words[4]) ? new byte[0] : address(4);
        final byte[] control = bytes(5);
        final ByteBuffer blob = ByteBuffer.allocate(to.length + Integer.BYTES + control.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        blob.put(to).putInt(control.length).put(control).put(data);
        return client.call(26, number(1), data.length, number(3), to.length, blob.array());
    }

    private String polled() throws IOException {
        final int count = words.length - 1;
        final ByteBuffer entries = ByteBuffer.allocate(count * POLLFD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= count; i++) {
            final String[] parts = words[i].split("/");
            entries.putInt(Integer.parseInt(parts[0])).putInt(Integer.parseInt(parts[1], 16));
        }
        final Answer answer = client.call(14, count, 0, 0, 0, entries.array());
        final StringJoiner text = new StringJoiner(" ").add(result(answer));
        for (int i = 0; i < count; i++) {
            text.add(Integer.toHexString(answer.bytes().getShort(i * POLLFD_BYTES + 6) & 0xFFFF));
        }
        return text.toString();
    }

    // ---- Answers

    private static String result(final Answer answer) {
        return Long.toString(answer.rc() < 0 ? -answer.errno() : answer.rc());
    }

    private static String hex(final byte... bytes) {
        return bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
    }

    private static String withBytes(final Answer answer) {
        return answer.rc() < 0 ? result(answer) : result(answer) + " " + hex(answer.blob());
    }

    private static String received(final Answer answer) {
        if (answer.rc() < 0 || answer.x() == 0) {
            return withBytes(answer);
        }
        final ByteBuffer blob = answer.bytes();
        final byte[] from = new byte[(int) answer.x()];
        final byte[] data = new byte[blob.remaining() - from.length];
        blob.get(from).get(data);
        return result(answer) + " " + hex(data) + " " + address(from);
    }

    /** Result, data, name, flags, control messages. */
    private static String message(final Answer answer) {
        if (answer.rc() < 0) {
            return result(answer);
        }
        final ByteBuffer blob = answer.bytes();
        final byte[] name = new byte[blob.getInt()];
        blob.get(name);
        final byte[] control = new byte[blob.getInt()];
        blob.get(control);
        final byte[] data = new byte[blob.remaining()];
        blob.get(data);
        return String.join(
                " ",
                result(answer),
                hex(data),
                name.length == 0 ? "-" : address(name),
                Long.toHexString(answer.x()),
                hex(control));
    }

    private static String accepted(final Answer answer) {
        return answer.rc() < 0 ? result(answer) : result(answer) + " " + address(answer.blob());
    }

    private static String named(final Answer answer) {
        return accepted(answer);
    }

    private static String told(final Answer answer) {
        return answer.rc() < 0 ? result(answer) : result(answer) + " " + answer.x();
    }

    private static String waited(final Answer answer) {
        final StringJoiner text = new StringJoiner(" ").add(result(answer));
        final ByteBuffer events = answer.bytes();
        while (events.hasRemaining()) {
            text.add(Integer.toHexString(events.getInt()) + "/" + events.getLong());
        }
        return text.toString();
    }

    private static String address(final byte... blob) {
        final String name = AgentClient.name(blob);
        final int port = Integer.parseInt(name.substring(name.lastIndexOf(':') + 1));
        return port < FIRST_DYNAMIC_PORT ? name : name.substring(0, name.lastIndexOf(':') + 1) + "*";
    }
}
