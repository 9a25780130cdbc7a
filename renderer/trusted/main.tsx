import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { TrustedApp } from './app.tsx';

const root = document.getElementById('root');
const bridge = window.trusted;
if (root && bridge)
  createRoot(root).render(
    <StrictMode>
      <TrustedApp bridge={bridge} />
    </StrictMode>,
  );
