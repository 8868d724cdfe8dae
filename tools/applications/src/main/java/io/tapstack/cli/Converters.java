package io.tapstack.cli;

import io.tapstack.names.ResolverConfig;
import io.tapstack.octets.Octets;
import io.tapstack.octets.PathOctets;
import io.tapstack.stack.StaticRoute;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts option values. The message about a wrong value shows a right one. */
public final class Converters {

    private Converters() {}

    /** A file's name, a lossless text. */
    static final class ForPath implements ITypeConverter<Path> {

        @Override
        public Path convert(final String value) throws IOException {
            // The standard output is in no directory.
            return value.equals("-") ? Path.of(value) : PathOctets.inWorkingDirectory(Octets.of(value));
        }
    }

    /** As in {@code 10.0.0.2/24}. */
    public static final class ForCidr implements ITypeConverter<Cidr> {

        @Override
        public Cidr convert(final String value) {
            try {
                return Cidr.parse(value);
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** As in {@code 10.0.0.2/24}, {@code dhcp} or {@code auto}. */
    static final class ForAddressOption implements ITypeConverter<AddressOption> {

        @Override
        public AddressOption convert(final String value) {
            try {
                return AddressOption.parse(value);
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** As in {@code 10.0.0.1}. */
    public static final class ForAddress implements ITypeConverter<InetAddress> {

        @Override
        public InetAddress convert(final String value) {
            try {
                return Cidr.parseAddress(value);
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** As in {@code 192.0.2.0/24 via 10.0.0.9}. */
    static final class ForRoute implements ITypeConverter<StaticRoute> {

        @Override
        public StaticRoute convert(final String value) {
            try {
                return StaticRoute.parse(value);
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** As in {@code 20ms}, {@code 1.5s}, {@code 300us}, {@code 2m}. */
    static final class ForDuration implements ITypeConverter<Duration> {

        private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ns|us|ms|s|m|h)");

        @Override
        public Duration convert(final String value) {
            final Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is not a time such as 20ms or 1.5s");
            }
            final double unitNanos =
                    switch (matcher.group(2)) {
                        case "ns" -> 1;
                        case "us" -> 1e3;
                        case "ms" -> 1e6;
                        case "s" -> 1e9;
                        case "m" -> 60e9;
                        default -> 3600e9;
                    };
            return Duration.ofNanos(Math.round(Double.parseDouble(matcher.group(1)) * unitNanos));
        }
    }

    /** As in {@code bbr}. */
    static final class ForCongestionControl implements ITypeConverter<String> {

        @Override
        public String convert(final String value) {
            try {
                return CongestionControlSource.all().named(value).name();
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** As in {@code 0.01} or {@code 1%}. */
    static final class ForProbability implements ITypeConverter<Double> {

        private static final Pattern FORM = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]+)?|\\.[0-9]+)(%?)");

        @Override
        public Double convert(final String value) {
            final Matcher matcher = FORM.matcher(value);
            final double probability = matcher.matches()
                    ? Double.parseDouble(matcher.group(1)) / (matcher.group(2).isEmpty() ? 1 : 100)
                    : Double.NaN;
            if (!(probability >= 0 && probability <= 1)) {
                throw new TypeConversionException(
                        "'" + value + "' is not a probability from 0 to 1 such as 0.01 or 1%");
            }
            return probability;
        }
    }

    /** A port to listen at. */
    public static final class ForPort implements ITypeConverter<Integer> {

        @Override
        public Integer convert(final String value) {
            return number(value, 1, 65_535, "a port");
        }
    }

    /** An MTU that IPv4 allows (RFC 791: 68) and that fits a TAP's frame with its Ethernet header. */
    static final class ForMtu implements ITypeConverter<Integer> {

        @Override
        public Integer convert(final String value) {
            return number(value, 68, 65_521, "an MTU");
        }
    }

    /** As in {@code 10.0.0.1:8080}, {@code [2001:db8::1]:8080} or {@code localhost:8080}. */
    static final class ForTarget implements ITypeConverter<InetSocketAddress> {

        private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\s\\[\\]]+)):([0-9]{1,5})");

        @Override
        public InetSocketAddress convert(final String value) {
            final Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'" + value + "' is not HOST:PORT such as 10.0.0.1:8080 or [2001:db8::1]:8080");
            }
            final int port = number(matcher.group(3), 1, 65_535, "a port");
            final String name = matcher.group(2);
            if (name == null) {
                return new InetSocketAddress(address(matcher.group(1)), port);
            }
            try {
                // IPv4 first, as every machine has it.
                final InetAddress[] all = InetAddress.getAllByName(name);
                for (final InetAddress address : all) {
                    if (address instanceof Inet4Address) {
                        return new InetSocketAddress(address, port);
                    }
                }
                return new InetSocketAddress(all[0], port);
            } catch (final UnknownHostException e) {
                throw new TypeConversionException(name + ": unknown host");
            }
        }

        private static InetAddress address(final String text) {
            try {
                return Cidr.parseAddress(text);
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** A DNS server, as in {@code 10.0.0.53}, {@code 10.0.0.53:5353} or {@code [2001:db8::53]:5353}. */
    static final class ForNameServer implements ITypeConverter<Endpoint> {

        private static final Pattern WITH_PORT = Pattern.compile("(?:\\[([^\\[\\]]*)]|([0-9.]*)):([0-9]{1,5})");

        @Override
        public Endpoint convert(final String value) {
            final Matcher matcher = WITH_PORT.matcher(value);
            try {
                if (!matcher.matches()) {
                    return new Endpoint(IpAddress.parse(value), ResolverConfig.PORT);
                }
                final String address = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
                return new Endpoint(IpAddress.parse(address), number(matcher.group(3), 1, 65_535, "a port"));
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + value + "' is not the address of a DNS server such as 10.0.0.53");
            }
        }
    }

    /** Any number. */
    public static final class ForLong implements ITypeConverter<Long> {

        @Override
        public Long convert(final String value) {
            try {
                return Long.valueOf(value);
            } catch (final NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is not a whole number such as 42");
            }
        }
    }

    /** A number of things, at least one. */
    public static final class ForCount implements ITypeConverter<Integer> {

        @Override
        public Integer convert(final String value) {
            return number(value, 1, 1_000_000, "a number");
        }
    }

    private static int number(final String value, final int least, final int most, final String what) {
        final int number = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
        if (number < least || number > most) {
            throw new TypeConversionException("'" + value + "' is not " + what + " from " + least + " to " + most);
        }
        return number;
    }
}
