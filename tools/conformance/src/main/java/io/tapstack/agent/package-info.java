/** The conformance agent: a whole stack behind a Unix-domain socket, for test suites that are written elsewhere. */
@NullMarked
package io.tapstack.agent;

import org.jspecify.annotations.NullMarked;
