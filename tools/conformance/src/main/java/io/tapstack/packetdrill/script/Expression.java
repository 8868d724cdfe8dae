package io.tapstack.packetdrill.script;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An argument or the result of a system call. {@code toString} returns the script's notation. */
public sealed interface Expression {

    /** {@code ...}: any value. */
    record Ellipsis() implements Expression {
        @Override
        public String toString() {
            return "...";
        }
    }

    /** An integer. */
    record Number(long value) implements Expression {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** A symbolic constant, such as {@code SOCK_STREAM}. */
    record Word(String name) implements Expression {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A string. */
    record Text(String value) implements Expression {
        @Override
        public String toString() {
            return '"' + value + '"';
        }
    }

    /** {@code a | b}. */
    record Or(Expression left, Expression right) implements Expression {
        @Override
        public String toString() {
            return left + "|" + right;
        }
    }

    /** {@code [a, b]}. */
    record Array(List<Expression> elements) implements Expression {
        @Override
        public String toString() {
            return elements.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** {@code name(a, b)}, such as {@code htons(80)}. */
    record Function(String name, List<Expression> arguments) implements Expression {
        @Override
        public String toString() {
            return arguments.stream().map(Object::toString).collect(Collectors.joining(", ", name + "(", ")"));
        }
    }

    /** <code>{name=value, ...}</code>. */
    record Struct(List<Field> fields) implements Expression {

        /** The field of this name, or null. */
        public @Nullable Expression field(final String name) {
            for (final Field field : fields) {
                if (name.equals(field.name())) {
                    return field.value();
                }
            }
            return null;
        }

        @Override
        public String toString() {
            return fields.stream().map(Object::toString).collect(Collectors.joining(", ", "{", "}"));
        }
    }

    /**
     * A field of a structure: {@code name=value}, {@code name(count)=value}, or a value alone.
     *
     * @param name null if there is none
     */
    record Field(@Nullable String name, Expression value) {
        @Override
        public String toString() {
            return name == null ? value.toString() : name + "=" + value;
        }
    }
}
