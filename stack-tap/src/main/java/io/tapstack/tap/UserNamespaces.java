package io.tapstack.tap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells whether this machine lets a user without privileges create a network namespace, as {@code unshare -Urn} does
 * (user_namespaces(7)).
 */
public final class UserNamespaces {

    private static final Path SYSCTL = Path.of("/proc/sys");

    private UserNamespaces() {}

    /** The reason why it does not, with the command that changes it; empty if none is known. */
    public static Optional<String> obstacle() {
        if (!Files.exists(Path.of("/proc/self/ns/user"))) {
            return Optional.of("this kernel has no user namespaces");
        }
        // Debian's own switch, the limit of every kernel, and Ubuntu's switch.
        if (is("kernel/unprivileged_userns_clone", "0")) {
            return Optional.of(disabled("kernel.unprivileged_userns_clone=1"));
        }
        if (is("user/max_user_namespaces", "0")) {
            return Optional.of(disabled("user.max_user_namespaces=15000"));
        }
        if (is("kernel/apparmor_restrict_unprivileged_userns", "1")) {
            return Optional.of(disabled("kernel.apparmor_restrict_unprivileged_userns=0"));
        }
        return Optional.empty();
    }

    private static String disabled(final String setting) {
        return "user namespaces are disabled; as root: sysctl -w " + setting;
    }

    private static boolean is(final String setting, final String value) {
        try {
            return Files.readString(SYSCTL.resolve(setting)).trim().equals(value);
        } catch (final IOException absentOrUnreadable) {
            return false;
        }
    }
}
