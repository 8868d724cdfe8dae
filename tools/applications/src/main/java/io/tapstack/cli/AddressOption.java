package io.tapstack.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * A value of {@code --address}: an address, or the way in which the network gives one.
 *
 * @param way the origin of the address
 * @param given the address of {@link Way#GIVEN}
 */
record AddressOption(Way way, Optional<Cidr> given) {

    /** The origin of an address. */
    enum Way {
        /** The command line. */
        GIVEN,
        /** A DHCP server (RFC 2131). */
        DHCP,
        /** The stack itself, if no DHCP server answers (RFC 3927). */
        LINK_LOCAL,
        /** The prefixes of IPv6 routers (RFC 4862). */
        AUTO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Reads an address with its prefix length, or the name of a way.
     *
     * @throws IllegalArgumentException with a message for people
     */
    static AddressOption parse(final String text) {
        for (final Way way : Way.values()) {
            if (way != Way.GIVEN && way.toString().equals(text)) {
                return new AddressOption(way, Optional.empty());
            }
        }
        if (text.isEmpty() || Character.isLetter(text.charAt(0)) && text.indexOf(':') < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is none of dhcp, auto and link-local, and no address such as 10.0.0.2/24");
        }
        return new AddressOption(Way.GIVEN, Optional.of(Cidr.parse(text)));
    }

    @Override
    public String toString() {
        return given.map(Cidr::toString).orElseGet(way::toString);
    }
}
