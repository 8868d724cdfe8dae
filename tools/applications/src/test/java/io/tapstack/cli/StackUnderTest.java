package io.tapstack.cli;

import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The network that the command line sets up by default, for the tests of a class: a stack on a TAP, in a private
 * network namespace. Registered as a static field.
 */
public class StackUnderTest implements BeforeAllCallback, AfterAllCallback {

    private final LinkOptions link = new LinkOptions();
    private @Nullable Session session;

    @Override
    public void beforeAll(final ExtensionContext context) throws IOException {
        session = StackSession.open(link);
    }

    @Override
    public void afterAll(final ExtensionContext context) throws IOException {
        if (session != null) {
            session.close();
        }
    }

    /** Our TCP. */
    public Transport transport() {
        if (session == null) {
            throw new IllegalStateException("the tests have not begun");
        }
        return session.transport();
    }

    /** The address of our stack. */
    public InetAddress address() {
        return link.addresses().get(0).address();
    }

    /** The address of the host's end of the link. */
    public InetAddress hostAddress() {
        return link.hostAddress().address();
    }
}
