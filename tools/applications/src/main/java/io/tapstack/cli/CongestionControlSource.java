package io.tapstack.cli;

import io.tapstack.tcp.congestion.CongestionControls;
import java.util.ServiceLoader;

/**
 * Adds congestion controls to {@code --cc} and to TCP_CONGESTION of all commands. Implementations on the class path are
 * found with {@link ServiceLoader}; {@code java -cp mine.jar:tapstack.jar io.tapstack.cli.Main serve --cc mine}.
 */
public interface CongestionControlSource {

    /**
     * {@code controls} with those of this source.
     *
     * @throws IllegalArgumentException if one of them has the name of a congestion control of the stack
     */
    CongestionControls addTo(CongestionControls controls);

    /** The congestion controls of the stack and of all sources. */
    static CongestionControls all() {
        CongestionControls all = CongestionControls.BUILT_IN;
        for (final CongestionControlSource source : ServiceLoader.load(CongestionControlSource.class)) {
            all = source.addTo(all);
        }
        return all;
    }
}
