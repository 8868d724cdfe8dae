/** The conformance agent: a whole stack behind a Unix-domain socket, for other test suites. */
@NullMarked
package io.tapstack.agent;

import org.jspecify.annotations.NullMarked;
