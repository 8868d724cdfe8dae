package io.tapstack.names;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Reads resolv.conf(5): {@code nameserver}, {@code search}, {@code domain}, and the options {@code ndots},
 * {@code timeout}, {@code attempts}, {@code rotate}, {@code edns0} and {@code use-vc}. As glibc does, it ignores what
 * it does not know, values beyond a limit count as the limit, and a fourth server is not used.
 */
public final class ResolvConf {

    /** MAXNS of resolv.conf(5). */
    private static final int MAX_SERVERS = 3;

    private List<Endpoint> servers = new ArrayList<>();
    private List<String> search = List.of();
    private int ndots = ResolverConfig.DEFAULT.ndots();
    private int timeoutSeconds = ResolverConfig.DEFAULT.timeoutSeconds();
    private int attempts = ResolverConfig.DEFAULT.attempts();
    private boolean rotate;
    private boolean edns;
    private boolean overTcp;

    private ResolvConf() {}

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     */
    public static ResolverConfig read(final Path file) throws IOException {
        return parse(HostsFile.text(file));
    }

    /** Reads the text of a file. */
    public static ResolverConfig parse(final String text) {
        final ResolvConf read = new ResolvConf();
        text.lines().forEach(read::line);
        return new ResolverConfig(
                read.servers,
                read.search,
                read.ndots,
                read.timeoutSeconds,
                read.attempts,
                read.rotate,
                read.edns,
                read.overTcp,
                HostsFile.EMPTY);
    }

    private void line(final String line) {
        final StringTokenizer words = new StringTokenizer(line, " \t");
        // A keyword stands at the beginning of a line; a comment begins there, too.
        if (!words.hasMoreTokens() || Character.isWhitespace(line.charAt(0))) {
            return;
        }
        switch (words.nextToken()) {
            case "nameserver" -> server(words);
            case "search" -> search = domains(words, ResolverConfig.MAX_SEARCH);
            // The last one of search and domain counts.
            case "domain" -> search = domains(words, 1);
            case "options" -> {
                while (words.hasMoreTokens()) {
                    option(words.nextToken());
                }
            }
            default -> {
                // sortlist, and what the future brings.
            }
        }
    }

    private void server(final StringTokenizer words) {
        if (!words.hasMoreTokens() || servers.size() == MAX_SERVERS) {
            return;
        }
        try {
            servers.add(new Endpoint(IpAddress.parse(words.nextToken()), ResolverConfig.PORT));
        } catch (final IllegalArgumentException e) {
            // Not an address, or one with a zone, which names an interface of the machine and none of the stack.
        }
    }

    private static List<String> domains(final StringTokenizer words, final int most) {
        final List<String> domains = new ArrayList<>();
        while (words.hasMoreTokens() && domains.size() < most) {
            try {
                domains.add(HostName.parse(words.nextToken()).text());
            } catch (final UnknownHostException e) {
                // No name in it can exist; a single dot, for the root, adds nothing.
            }
        }
        return domains;
    }

    private void option(final String option) {
        final int colon = option.indexOf(':');
        final String name = colon < 0 ? option : option.substring(0, colon);
        final int value = colon < 0 ? -1 : number(option.substring(colon + 1));
        switch (name) {
            case "ndots" -> ndots = value < 0 ? ndots : Math.min(value, ResolverConfig.MAX_NDOTS);
            case "timeout" ->
                timeoutSeconds = value < 1 ? timeoutSeconds : Math.min(value, ResolverConfig.MAX_TIMEOUT_SECONDS);
            case "attempts" -> attempts = value < 1 ? attempts : Math.min(value, ResolverConfig.MAX_ATTEMPTS);
            case "rotate" -> rotate = true;
            case "edns0" -> edns = true;
            case "use-vc" -> overTcp = true;
            default -> {
                // debug, inet6, trust-ad, single-request: without a meaning here.
            }
        }
    }

    private static int number(final String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (final NumberFormatException e) {
            return -1;
        }
    }
}
