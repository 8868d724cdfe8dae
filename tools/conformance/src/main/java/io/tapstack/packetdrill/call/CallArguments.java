package io.tapstack.packetdrill.call;

import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
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
    Endpoint address(final int index, final Endpoint any) throws ScriptException {
        if (isEllipsis(index)) {
            return any;
        }
        if (get(index) instanceof Expression.Word family && family.name().equals("AF_UNSPEC")) {
            return null;
        }
        final Expression.Struct address = struct(get(index));
        final Expression family = field(address, "sa_family");
        if (value(family) == 0) {
            return null;
        }
        if (!family.toString().equals("AF_INET")) {
            throw ScriptException.unsupported(line, "address family " + family);
        }
        final Expression ip = field(address, "sin_addr");
        if (ip instanceof Expression.Function function
                && function.name().equals("inet_addr")
                && function.arguments().size() == 1
                && function.arguments().get(0) instanceof Expression.Text text) {
            try {
                return new Endpoint(IpAddress.parse(text.value()), (int) value(field(address, "sin_port")));
            } catch (final IllegalArgumentException e) {
                throw error("bad address " + address);
            }
        }
        throw error("expected inet_addr(\"...\"), not " + ip);
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
