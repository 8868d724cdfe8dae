package io.tapstack.packetdrill.call;

import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.posix.SocketName;
import io.tapstack.socket.AddressFamily;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call, converted to the types that the call needs. A wrong one is an error at the call's line.
 */
final class CallArguments {

    private final Action.Call call;
    private final int line;

    /**
     * @param least smallest number of arguments
     * @param most largest number of arguments
     */
    CallArguments(final Action.Call call, final int line, final int least, final int most) throws ScriptException {
        this.call = call;
        this.line = line;
        final int count = call.arguments().size();
        if (count < least || count > most) {
            throw error("expected " + (least == most ? "" : least + " to ") + most + " arguments but got " + count);
        }
    }

    int count() {
        return call.arguments().size();
    }

    Expression get(final int index) {
        return call.arguments().get(index);
    }

    /** True if the argument is {@code ...}. */
    boolean isEllipsis(final int index) {
        return get(index) instanceof Expression.Ellipsis;
    }

    int integer(final int index) throws ScriptException {
        return (int) value(get(index));
    }

    long number(final int index) throws ScriptException {
        return value(get(index));
    }

    /** A number or a constant, or several in an OR. */
    long value(final Expression expression) throws ScriptException {
        if (expression instanceof Expression.Number number) {
            return number.value();
        }
        if (expression instanceof Expression.Or or) {
            return value(or.left()) | value(or.right());
        }
        if (expression instanceof Expression.Word word) {
            // SO_ERROR returns the number of an error.
            final OptionalLong constant =
                    Symbols.errno(word.name()).isPresent() ? Symbols.errno(word.name()) : Symbols.constant(word.name());
            if (constant.isEmpty()) {
                throw ScriptException.unsupported(line, "symbol " + word.name());
            }
            return constant.getAsLong();
        }
        if (expression instanceof Expression.Function function
                && function.name().equals("htons")
                && function.arguments().size() == 1) {
            return value(function.arguments().get(0));
        }
        throw error("expected a number, not " + expression);
    }

    /** The only element of {@code [element]}, or null for {@code ...}. */
    @Nullable
    Expression bracketed(final int index) throws ScriptException {
        if (isEllipsis(index)) {
            return null;
        }
        if (get(index) instanceof Expression.Array array && array.elements().size() == 1) {
            return array.elements().get(0);
        }
        throw error("expected [value] or ..., not " + get(index));
    }

    List<Expression> array(final int index) throws ScriptException {
        if (get(index) instanceof Expression.Array array) {
            return array.elements();
        }
        throw error("expected a list in brackets, not " + get(index));
    }

    Expression.Struct struct(final Expression expression) throws ScriptException {
        if (expression instanceof Expression.Struct struct) {
            return struct;
        }
        throw error("expected a structure in braces, not " + expression);
    }

    Expression field(final Expression.Struct struct, final String name) throws ScriptException {
        final Expression field = struct.field(name);
        if (field == null) {
            throw error("no " + name + " in " + struct);
        }
        return field;
    }

    /** The sum of the lengths in {@code [{..., 100}, {..., 200}]}. */
    int vectorLength(final Expression vector) throws ScriptException {
        if (!(vector instanceof Expression.Array array)) {
            throw error("expected [{..., length}], not " + vector);
        }
        int length = 0;
        for (final Expression element : array.elements()) {
            final List<Expression.Field> fields = struct(element).fields();
            if (fields.size() != 2) {
                throw error("expected {..., length}, not " + element);
            }
            length += (int) value(fields.get(1).value());
        }
        return length;
    }

    /**
     * An address; null if its family is AF_UNSPEC.
     *
     * @param any the address for {@code ...}
     */
    @Nullable
    SocketName address(final int index, final SocketName any) throws ScriptException {
        if (isEllipsis(index)) {
            return any;
        }
        if (get(index) instanceof Expression.Word family && family.name().equals("AF_UNSPEC")) {
            return null;
        }
        final Expression.Struct address = struct(get(index));
        final Expression family = field(address, address.field("sin6_family") == null ? "sa_family" : "sin6_family");
        if (value(family) == 0) {
            return null;
        }
        final boolean ipv6 = family.toString().equals("AF_INET6");
        if (!ipv6 && !family.toString().equals("AF_INET")) {
            throw ScriptException.unsupported(line, "address family " + family);
        }
        final IpAddress ip = ip(address, ipv6);
        if (ipv6 && address.field("sin6_scope_id") != null) {
            return name(address, ip, (int) value(field(address, "sin6_scope_id")));
        }
        return name(address, ip, 0);
    }

    private SocketName name(final Expression.Struct address, final IpAddress ip, final int scope)
            throws ScriptException {
        final boolean ipv6 = address.field("sin6_port") != null;
        final int port = (int) value(field(address, ipv6 ? "sin6_port" : "sin_port"));
        try {
            return new SocketName(ipv6 ? AddressFamily.IPV6 : AddressFamily.IPV4, new Endpoint(ip, port), scope);
        } catch (final IllegalArgumentException e) {
            throw error("bad address " + address);
        }
    }

    /**
     * The address in {@code sin_addr=inet_addr("192.0.2.1")} or {@code sin6_addr=inet6_addr("2001:db8::1")}, or in
     * strace's {@code inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}.
     */
    private IpAddress ip(final Expression.Struct address, final boolean ipv6) throws ScriptException {
        final String name = ipv6 ? "sin6_addr" : "sin_addr";
        final Expression given = address.field(name) == null ? unnamed(address) : field(address, name);
        if (given instanceof Expression.Function function
                && List.of("inet_addr", "inet6_addr", "inet_pton").contains(function.name())) {
            for (final Expression argument : function.arguments()) {
                if (argument instanceof Expression.Text text) {
                    return parsed(text.value(), address, ipv6);
                }
            }
        }
        throw error("expected " + (ipv6 ? "inet6_addr" : "inet_addr") + "(\"...\"), not " + given);
    }

    private Expression unnamed(final Expression.Struct address) throws ScriptException {
        for (final Expression.Field field : address.fields()) {
            if (field.name() == null) {
                return field.value();
            }
        }
        throw error("no address in " + address);
    }

    private IpAddress parsed(final String text, final Expression.Struct address, final boolean ipv6)
            throws ScriptException {
        try {
            final IpAddress ip = IpAddress.parse(text);
            if (ip.isIpv4() && text.indexOf(':') < 0 == ipv6 || !ip.isIpv4() && !ipv6) {
                throw error("bad address " + address);
            }
            return ip;
        } catch (final IllegalArgumentException e) {
            throw error("bad address " + address);
        }
    }

    /** Data to send: only its length is used, as all payload is zeros. */
    byte[] data(final int index, final int lengthIndex) throws ScriptException {
        if (!isEllipsis(index)) {
            throw ScriptException.unsupported(line, "data other than ... in " + call.name());
        }
        return new byte[length(integer(lengthIndex))];
    }

    /** A length that fits an array. */
    int length(final int bytes) throws ScriptException {
        if (bytes < 0 || bytes > 1 << 28) {
            throw error("length " + bytes + " is out of range");
        }
        return bytes;
    }

    ScriptException error(final String message) {
        return new ScriptException(line, "runtime error in " + call.name() + " call: " + message);
    }
}
