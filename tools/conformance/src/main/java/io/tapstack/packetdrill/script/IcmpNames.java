package io.tapstack.packetdrill.script;

import java.util.Map;
import java.util.Map.Entry;

/**
 * packetdrill's names for types and codes of ICMP (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1) and of ICMPv6 (RFC
 * 4443).
 */
public final class IcmpNames {

    private static final IcmpNames IPV4 = new IcmpNames(
            Map.ofEntries(
                    Map.entry("echo_reply", 0),
                    Map.entry("unreachable", 3),
                    Map.entry("source_quench", 4),
                    Map.entry("redirect", 5),
                    Map.entry("echo_request", 8),
                    Map.entry("time_exceeded", 11),
                    Map.entry("parameter_problem", 12),
                    Map.entry("timestamp_request", 13),
                    Map.entry("timestamp_reply", 14),
                    Map.entry("information_request", 15),
                    Map.entry("information_reply", 16),
                    Map.entry("address_mask_request", 17),
                    Map.entry("address_mask_reply", 18)),
            Map.of(
                    3,
                    Map.ofEntries(
                            Map.entry("net_unreachable", 0),
                            Map.entry("host_unreachable", 1),
                            Map.entry("protocol_unreachable", 2),
                            Map.entry("port_unreachable", 3),
                            Map.entry("frag_needed", 4),
                            Map.entry("source_route_failed", 5),
                            Map.entry("net_unknown", 6),
                            Map.entry("host_unknown", 7),
                            Map.entry("source_host_isolated", 8),
                            Map.entry("net_prohibited", 9),
                            Map.entry("host_prohibited", 10),
                            Map.entry("net_unreachable_for_tos", 11),
                            Map.entry("host_unreachable_for_tos", 12),
                            Map.entry("packet_filtered", 13),
                            Map.entry("precedence_violation", 14),
                            Map.entry("precedence_cutoff", 15))),
            Map.of());

    private static final IcmpNames IPV6 = new IcmpNames(
            Map.of(
                    "unreachable", 1,
                    "packet_too_big", 2,
                    "time_exceeded", 3,
                    "parameter_problem", 4,
                    "echo_request", 128,
                    "echo_reply", 129),
            Map.of(
                    1,
                    Map.of(
                            "no_route", 0,
                            "admin_prohibited", 1,
                            "not_neighbour", 2,
                            "address_unreachable", 3,
                            "port_unreachable", 4),
                    3,
                    Map.of("exceeded_hop_limit", 0, "exceeded_frag_time", 1),
                    4,
                    Map.of("header_field", 0, "unknown_next_header", 1, "unknown_option", 2)),
            // Names of IPv4, so that a script can be of both versions.
            Map.of("net_unreachable", 0, "host_unreachable", 3));

    private final Map<String, Integer> types;
    /** By type. */
    private final Map<Integer, Map<String, Integer>> codes;
    /** More names for codes of {@code unreachable}. */
    private final Map<String, Integer> otherUnreachable;

    private IcmpNames(
            final Map<String, Integer> types,
            final Map<Integer, Map<String, Integer>> codes,
            final Map<String, Integer> otherUnreachable) {
        this.types = types;
        this.codes = codes;
        this.otherUnreachable = otherUnreachable;
    }

    /** The names of one version. */
    public static IcmpNames of(final boolean ipv6) {
        return ipv6 ? IPV6 : IPV4;
    }

    /** The type's number, or -1 if the name is unknown. */
    int type(final String name) {
        return numbered(name, "type_", types.getOrDefault(name, -1));
    }

    /** The code's number, or -1 if the name is unknown. */
    int code(final int type, final String name) {
        int known = codes(type).getOrDefault(name, -1);
        if (known < 0 && type == type("unreachable")) {
            known = otherUnreachable.getOrDefault(name, -1);
        }
        return numbered(name, "code_", known);
    }

    private Map<String, Integer> codes(final int type) {
        return codes.getOrDefault(type, Map.of());
    }

    /** Type and code as a script writes them. */
    public String describe(final int type, final int code) {
        final String typeName = nameOf(types, type, "type_");
        if (type == type("unreachable")) {
            return typeName + " " + nameOf(codes(type), code, "code_");
        }
        return code == 0 ? typeName : typeName + " " + nameOf(codes(type), code, "code_");
    }

    private static String nameOf(final Map<String, Integer> names, final int number, final String prefix) {
        return names.entrySet().stream()
                .filter(entry -> entry.getValue() == number)
                .map(Entry::getKey)
                .findFirst()
                .orElse(prefix + number);
    }

    private static int numbered(final String name, final String prefix, final int known) {
        if (known < 0 && name.matches(prefix + "[0-9]{1,3}")) {
            final int number = Integer.parseInt(name.substring(prefix.length()));
            return number > 255 ? -1 : number;
        }
        return known;
    }
}
