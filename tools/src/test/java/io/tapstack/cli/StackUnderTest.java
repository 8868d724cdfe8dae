package io.tapstack.cli;

import java.io.IOException;
import java.net.InetAddress;

/** The network that the command line sets up by default, for tests in a private network namespace. */
public final class StackUnderTest {

    private static final LinkOptions LINK = new LinkOptions();

    private StackUnderTest() {}

    /** Opens the TAP and starts the stack. */
    public static Session open() throws IOException {
        return StackSession.open(LINK);
    }

    /** The address of our stack. */
    public static InetAddress address() {
        return LINK.address().address();
    }

    /** The address of the host's end of the link. */
    public static InetAddress hostAddress() {
        return LINK.hostAddress().address();
    }
}
