package io.tapstack.packetdrill.play;

import io.tapstack.packetdrill.machine.Machine;
import io.tapstack.packetdrill.script.ScriptException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The shell commands of scripts. No shell runs: scripts use commands to set parameters of the stack, and these are set
 * here, from {@code sysctl}, from a redirected {@code echo}, from upstream's {@code set_sysctls.py}, and from its
 * {@code defaults.sh}, for which {@link #DEFAULTS} stands. Any other command is reported as unsupported.
 */
final class ShellCommands {

    /** The effect of {@code defaults.sh}: a machine with known parameters. */
    static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("net.ipv4.tcp_rmem", "4096 540000 15728640"),
            Map.entry("net.ipv4.tcp_wmem", "4096 262144 4194304"),
            Map.entry("net.ipv4.tcp_timestamps", "1"),
            Map.entry("net.ipv4.tcp_sack", "1"),
            Map.entry("net.ipv4.tcp_dsack", "1"),
            Map.entry("net.ipv4.tcp_syn_retries", "5"),
            Map.entry("net.ipv4.tcp_synack_retries", "5"),
            Map.entry("net.ipv4.tcp_frto", "2"),
            Map.entry("net.ipv4.tcp_reordering", "3"),
            Map.entry("net.ipv4.tcp_congestion_control", "cubic"),
            Map.entry("net.ipv4.tcp_slow_start_after_idle", "0"),
            Map.entry("net.ipv4.tcp_early_retrans", "4"),
            Map.entry("net.ipv4.tcp_recovery", "1"),
            Map.entry("net.ipv4.tcp_ecn", "0"),
            Map.entry("net.ipv4.tcp_fastopen", "0x70403"),
            Map.entry("net.ipv4.tcp_fastopen_key", "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4"),
            Map.entry("net.ipv4.tcp_syncookies", "1"));

    /**
     * Commands without effect here: a machine is new for each script, has no queueing discipline, and cuts no segments.
     */
    private static final List<Pattern> WITHOUT_EFFECT = List.of(
            Pattern.compile("true|:|sync"),
            Pattern.compile("\\S*/?sysctl_restore_\\S*"),
            Pattern.compile("tc qdisc .*"),
            Pattern.compile("ip tcp_metrics flush.*"),
            Pattern.compile("ethtool -K \\S+( (tso|gso|gro|lro|sg|tx|rx) off)+"),
            // Files for sendfile: every file that a script opens is full of zeros.
            Pattern.compile("(/bin/)?(rm|dd|touch) .*"));

    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");
    private static final Pattern PRODUCT = Pattern.compile("\\$\\(\\(([\\d* ]+)\\)\\)");
    private static final Pattern DEFAULTS_SCRIPT = Pattern.compile("(\\S*/)?defaults\\.sh");
    private static final Pattern SYSCTL = Pattern.compile("sysctl(( -[eqw]+)*) (.*)");
    private static final Pattern SET_SYSCTLS = Pattern.compile("(\\S*/)?set_sysctls\\.py (.*)");
    private static final Pattern ECHO = Pattern.compile("echo (\\S+|\"[^\"]*\") ?> ?/proc/sys/(\\S+)");
    private static final Pattern PARAMETER = Pattern.compile("([\\w./-]+)\\s*=\\s*(\"[^\"]*\"|'[^']*'|\\S+)\\s*");

    private final Machine machine;

    ShellCommands(final Machine machine) {
        this.machine = machine;
    }

    /** Runs the commands of one string, which lines, semicolons and {@code &&} separate. */
    void run(final String commands, final int line) throws ScriptException {
        int at = line;
        final StringBuilder joined = new StringBuilder();
        for (final String row : commands.split("\n", -1)) {
            if (row.endsWith("\\")) {
                joined.append(row, 0, row.length() - 1);
            } else {
                runRow(joined.append(row).toString(), at);
                joined.setLength(0);
            }
            at++;
        }
    }

    private void runRow(final String row, final int line) throws ScriptException {
        for (final String command : COMMENT.matcher(row).replaceFirst("").split(";|&&")) {
            final String plain =
                    command.replaceAll("(2?>&1|2?> ?/dev/null)", "").strip().replaceAll("\\s+", " ");
            if (!plain.isEmpty()) {
                runOne(plain, line);
            }
        }
    }

    private void runOne(final String command, final int line) throws ScriptException {
        if (DEFAULTS_SCRIPT.matcher(command).matches()) {
            setDefaults();
            return;
        }
        final Matcher sysctl = SYSCTL.matcher(command);
        if (sysctl.matches()) {
            setAll(sysctl.group(3), command, line);
            return;
        }
        final Matcher setSysctls = SET_SYSCTLS.matcher(command);
        if (setSysctls.matches()) {
            setAll(setSysctls.group(2), command, line);
            return;
        }
        final Matcher echo = ECHO.matcher(command);
        if (echo.matches()) {
            set(echo.group(2), unquoted(echo.group(1)), line);
            return;
        }
        if (WITHOUT_EFFECT.stream().noneMatch(known -> known.matcher(command).matches())) {
            throw ScriptException.unsupported(line, "command " + command);
        }
    }

    /** As with upstream's script, a machine without a parameter, or one of its values, keeps its own. */
    private void setDefaults() {
        for (final Map.Entry<String, String> parameter : DEFAULTS.entrySet()) {
            try {
                machine.sysctl(parameter.getKey(), parameter.getValue());
            } catch (final IOException e) {
                continue;
            }
        }
    }

    private void setAll(final String parameters, final String command, final int line) throws ScriptException {
        final Matcher parameter = PARAMETER.matcher(parameters);
        while (parameter.lookingAt()) {
            set(parameter.group(1), unquoted(parameter.group(2)), line);
            parameter.region(parameter.end(), parameters.length());
        }
        if (parameter.regionStart() < parameters.length()) {
            throw ScriptException.unsupported(line, "command " + command);
        }
    }

    private void set(final String parameter, final String value, final int line) throws ScriptException {
        final String name = parameter.replaceFirst("^/proc/sys/", "").replace('/', '.');
        try {
            if (!machine.sysctl(name, value)) {
                throw ScriptException.unsupported(line, "sysctl " + name);
            }
        } catch (final IllegalArgumentException | IOException e) {
            throw new ScriptException(line, "bad value for sysctl " + name + ": " + value);
        }
    }

    /** The value without its quotes, with products such as {@code $((256*1024))} computed. */
    private static String unquoted(final String value) {
        return PRODUCT.matcher(value.replaceAll("^[\"']|[\"']$", ""))
                .replaceAll(product -> Stream.of(product.group(1).split("\\*"))
                        .map(factor -> new BigInteger(factor.strip()))
                        .reduce(BigInteger.ONE, BigInteger::multiply)
                        .toString());
    }
}
