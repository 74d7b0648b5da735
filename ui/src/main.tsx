// Starts the app: styles with the nonce of this response, query cache, live stream, router.
import './styles.ts';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LiveProvider } from './parts/live.tsx';
import { styleNonce } from './parts/nonce.ts';
import { makeQueryClient } from './queries.ts';
import { preloadPages, router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

// The name under which libraries without a setting of their own look for it: dialogs stop the page behind them with a style element.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const schemes = localStorageColorSchemeManager({ key: 'fermata-color-scheme' });
const queryClient = makeQueryClient();

const place = document.getElementById('root');
if (!place) throw new Error('index.html lacks #root');

createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

addEventListener('load', preloadPages);
