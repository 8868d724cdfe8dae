package io.tapstack.packetdrill.script;

import java.util.Map;
import java.util.Map.Entry;

/** packetdrill's names for types and codes of ICMP (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1). */
public final class IcmpNames {

    private static final int UNREACHABLE = 3;

    private static final Map<String, Integer> TYPES = Map.ofEntries(
            Map.entry("echo_reply", 0),
            Map.entry("unreachable", UNREACHABLE),
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
            Map.entry("address_mask_reply", 18));

    private static final Map<String, Integer> UNREACHABLE_CODES = Map.ofEntries(
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
            Map.entry("precedence_cutoff", 15));

    private IcmpNames() {}

    /** The type's number, or -1 if the name is unknown. */
    static int type(final String name) {
        return numbered(name, "type_", TYPES.getOrDefault(name, -1));
    }

    /** The code's number, or -1 if the name is unknown. */
    static int code(final int type, final String name) {
        return numbered(name, "code_", type == UNREACHABLE ? UNREACHABLE_CODES.getOrDefault(name, -1) : -1);
    }

    /** Type and code as a script writes them. */
    public static String describe(final int type, final int code) {
        final String typeName = nameOf(TYPES, type, "type_");
        if (type == UNREACHABLE) {
            return typeName + " " + nameOf(UNREACHABLE_CODES, code, "code_");
        }
        return code == 0 ? typeName : typeName + " code_" + code;
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
