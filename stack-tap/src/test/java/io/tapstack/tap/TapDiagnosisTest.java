package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages for a TAP that cannot be opened. */
class TapDiagnosisTest {

    private static final HostAddress ADDRESS = HostAddress.parse("10.0.0.1/24");

    @Test
    void withoutPrivilegeThereAreTwoWays() {
        assertThat(TapDiagnosis.cannotAttach("tap0", LibC.EPERM, false).getMessage())
                .startsWith(
                        "no permission (CAP_NET_ADMIN) to make TAP tap0: run as root, or let root make a TAP for you: "
                                + "ip tuntap add tap0 mode tap user " + System.getProperty("user.name")
                                + " && ip link set tap0 up");
    }

    @Test
    void aTapOfAnotherUserIsToldFromAMissingOne() {
        assertThat(TapDiagnosis.cannotAttach("tap0", LibC.EPERM, true)).hasMessageContaining("belongs to another user");
    }

    @Test
    void withoutPermissionOnTheDeviceFileItIsNamed() {
        assertThat(TapDiagnosis.cannotOpen(LibC.EACCES))
                .hasMessage("no permission to open /dev/net/tun: run as root, or as root: chmod 666 /dev/net/tun");
    }

    @Test
    void withoutADriverTheModuleIsNamed() {
        assertThat(TapDiagnosis.cannotOpen(LibC.ENODEV)).hasMessageEndingWith("as root: modprobe tun");
    }

    static Stream<TapException> all() {
        return Stream.of(
                TapDiagnosis.unsupportedMachine(),
                TapDiagnosis.noNativeCalls(new UnsatisfiedLinkError("no stub")),
                TapDiagnosis.badName("a b"),
                TapDiagnosis.cannotOpen(LibC.ENOENT),
                TapDiagnosis.cannotOpen(LibC.ENXIO),
                TapDiagnosis.cannotOpen(LibC.EPERM),
                TapDiagnosis.cannotOpen(LibC.ENOMEM),
                TapDiagnosis.cannotAttach("tap0", LibC.EBUSY, true),
                TapDiagnosis.cannotAttach("lo", LibC.EINVAL, true),
                TapDiagnosis.cannotAttach("tap0", LibC.EINVAL, false),
                TapDiagnosis.cannotAttach("tap0", LibC.ENOMEM, false),
                TapDiagnosis.cannotKeep("tap0", LibC.EPERM),
                TapDiagnosis.addressInUse(ADDRESS, "eth0"),
                TapDiagnosis.cannotSetAddress("tap0", ADDRESS, LibC.EPERM),
                TapDiagnosis.cannotSetAddress("tap0", ADDRESS, LibC.EINVAL),
                TapDiagnosis.cannotSetMtu("tap0", 1400, LibC.EPERM),
                TapDiagnosis.cannotSetMtu("tap0", 1, LibC.EINVAL),
                TapDiagnosis.cannotBringUp("tap0", LibC.EPERM),
                TapDiagnosis.cannotBringUp("tap0", LibC.ENODEV),
                TapDiagnosis.gone("tap0", LibC.EBADFD));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyMessageIsOneLineOfAProblemAndARemedy(final TapException refusal) {
        assertThat(refusal.problem()).isNotBlank();
        assertThat(refusal.remedy()).isNotBlank();
        assertThat(refusal.getMessage())
                .isEqualTo(refusal.problem() + ": " + refusal.remedy())
                .doesNotContain("\n");
    }
}
